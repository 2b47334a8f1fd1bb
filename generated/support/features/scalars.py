"""Single values of any kind as numbers, text or truth values; null where one is none."""

import polars as pl


def to_int(values: pl.Series) -> pl.Series:
    """Int64; a float, or the text of one, counts where it is whole; null where a value is not a whole number of 64 bits."""
    if values.dtype.is_integer() or values.dtype == pl.Boolean:
        return values.cast(pl.Int64, strict=False)
    if values.dtype == pl.String:
        whole = values.cast(pl.Int64, strict=False)
        return (
            whole
            if whole.null_count() == values.null_count()
            else whole.zip_with(whole.is_not_null(), to_int(to_float(values)))
        )
    numbers = to_float(values)
    exact = (numbers == numbers.round()) & (numbers.abs() < 2**53)
    return numbers.set(~exact, None).cast(pl.Int64, strict=False)


def to_float(values: pl.Series) -> pl.Series:
    """Float64; null where a value is not a finite number."""
    if not (values.dtype.is_numeric() or values.dtype in (pl.String, pl.Boolean)):
        return pl.Series(values.name, [None] * len(values), dtype=pl.Float64)
    numbers = values.cast(pl.Float64, strict=False)
    return numbers.set(~numbers.is_finite(), None)


def to_string(values: pl.Series) -> pl.Series:
    """Text; whole numbers and truth values are written out, anything else (a float has no one spelling) is null."""
    if values.dtype.is_integer() or values.dtype in (pl.String, pl.Boolean):
        return values.cast(pl.String)
    return pl.Series(values.name, [None] * len(values), dtype=pl.String)


def to_bool(values: pl.Series) -> pl.Series:
    """Boolean from true, false, 0 and 1; null for anything else."""
    if values.dtype == pl.Boolean:
        return values
    text = values.str.to_lowercase() if values.dtype == pl.String else to_string(to_int(values))
    return text.replace_strict(["true", "1", "false", "0"], [True, True, False, False], default=None, return_dtype=pl.Boolean)
