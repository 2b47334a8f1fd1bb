"""Raw values to the storage that the schema declares, or the first value that does not fit."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches

import numpy as np
import polars as pl

from specc.runtime.features.checks import refuse
from specc.runtime.features.columns import Column
from specc.runtime.features.errors import DataError
from specc.runtime.features.lists import flatten, unflatten
from specc.runtime.features.times import to_time


def convert_frame(
    raw: pl.DataFrame, columns: Mapping[str, Column], *, separate: Mapping[str, str] | None = None, file: str | None = None
) -> pl.DataFrame:
    """The columns of a schema, under the schema's names and as declared, from a frame of raw values.

    separate: by schema name, what separates the values of a bag, sequence or vector that is written as text.

    Raises DataError for a missing column, a missing value, a value of another kind, and events of unequal lengths.
    """
    separate = separate or {}
    frame = pl.DataFrame(
        [
            convert(raw_column(raw, name, column, file).alias(name), column, separator=separate.get(name), file=file)
            for name, column in columns.items()
        ]
    )
    check_groups(frame, columns, file)
    newest = {name: column.length for name, column in columns.items() if column.kind == "sequence" and column.length}
    return frame.with_columns(pl.col(name).list.tail(length) for name, length in newest.items())


def raw_column(raw: pl.DataFrame, name: str, column: Column, file: str | None = None) -> pl.Series:
    """The raw values of a column. Raises DataError, with the nearest names, where there are none."""
    wanted = column.raw or name
    if wanted in raw.columns:
        return raw[wanted]
    near = get_close_matches(wanted, raw.columns, n=3)
    shown = near or raw.columns[:20]
    names = ", ".join(f"`{other}`" for other in shown) + (", ..." if not near and len(raw.columns) > 20 else "")
    text = f'is it {names}? write `from="..."`' if near else f"it has {names}"
    raise DataError(f"the data have no column `{wanted}`", column=name, file=file, help=text, kind="column")


def convert(values: pl.Series, column: Column, *, separator: str | None = None, file: str | None = None) -> pl.Series:
    """One column as its storage: Int64, Float64, String, Boolean, Datetime; a List of these;
    or an Array of Float32 for a vector.
    """
    name = values.name
    if column.kind == "scalar":
        optional = "?" if column.nullable else ""
        return convert_scalars(values, column.item + optional, int, file)
    if values.dtype == pl.String:
        if separator is None:
            advice = f'write `separate={{{name}: "|"}}` with what separates the values'
            raise DataError(f"holds text where the schema says `{column.storage}`", column=name, file=file, help=advice)
        values = split_text(values, separator)
    if not isinstance(values.dtype, pl.List | pl.Array):
        raise DataError(f"holds {values.dtype} where the schema says `{column.storage}`", column=name, file=file)
    if not column.nullable:
        hint = None if column.kind == "vector" else f"declare `{column.storage}?` to read it as an empty one"
        refuse(values, values.is_null(), "is missing", int, file, hint)
    flat, lengths = flatten(values)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    flat = convert_scalars(flat, column.item, lambda index: int(rows[index]), file)
    if column.kind != "vector":
        return unflatten(flat, lengths)
    wrong = pl.Series(lengths != column.length)
    refuse(pl.Series(name, lengths), wrong, f"is the length of a vector({column.length})", int, file)
    return flat.cast(pl.Float32).reshape((len(values), column.length or 0)).alias(name)


def split_text(values: pl.Series, separator: str) -> pl.Series:
    """Text as lists of text; the empty text has no values."""
    text = pl.col(values.name)
    none = pl.lit([], dtype=pl.List(pl.String))
    lists = pl.when(text.str.strip_chars() == "").then(none).otherwise(text.str.split(separator))
    return values.to_frame().select(lists.alias(values.name)).to_series()


def convert_scalars(values: pl.Series, storage: str, row: Callable[[int], int], file: str | None) -> pl.Series:
    """Values as `int float string bool time`, with null only where the storage ends in `?`;
    `row` gives the row of the i-th value.
    """
    kind = storage.removesuffix("?")
    if isinstance(values.dtype, pl.Categorical | pl.Enum):
        values = values.cast(pl.String)
    if values.dtype == pl.String:
        values = values.str.strip_chars()
        if storage != "string":
            values = values.set(values == "", None)
    if values.dtype.is_float():
        values = values.fill_nan(None)  # pandas writes a missing number as NaN
    readers = {"int": to_int, "float": to_float, "string": to_string, "bool": to_bool, "time": to_time}
    converted = readers[kind](values).alias(values.name)
    refuse(values, converted.is_null() & values.is_not_null(), f"is no {kind}", row, file)
    if not storage.endswith("?"):
        refuse(
            values,
            converted.is_null(),
            "the value is missing",
            row,
            file,
            f"declare `{kind}?`, and fill it in where it is a feature",
        )
    return converted


def check_groups(frame: pl.DataFrame, columns: Mapping[str, Column], file: str | None = None) -> None:
    """Raises DataError where the columns of one event group have unequal lengths in a row."""
    for group in dict.fromkeys(column.group for column in columns.values() if column.group):
        first, *others = (name for name, column in columns.items() if column.group == group)
        lengths = frame[first].list.len()
        for other in others:
            other_lengths = frame[other].list.len()
            wrong = lengths != other_lengths
            if wrong.any():
                row = int(wrong.arg_max() or 0)
                counts = f"{lengths[row]} values in `{first}` and {other_lengths[row]} in `{other}`"
                message = f"the events of `{group}` have {counts} (the first of {int(wrong.sum()):,} such rows)"
                raise DataError(message, column=other, file=file, row=row + 1, kind="events")


def to_int(values: pl.Series) -> pl.Series:
    """Int64; a float, or the text of one, counts where it is whole; null where a value is no whole number of 64 bits."""
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
    """Float64; null where a value is no finite number."""
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
