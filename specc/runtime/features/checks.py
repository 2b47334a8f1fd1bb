"""The one way in which a wrong value is reported."""

from collections.abc import Callable

import polars as pl

from .errors import DataError


def refuse(
    values: pl.Series,
    wrong: pl.Series,
    what: str,
    row: Callable[[int], int] | None = None,
    file: str | None = None,
    help: str | None = None,
    kind: str = "type",
) -> None:
    """Raises DataError with the first wrong value and how many there are; nothing where no value is wrong.

    wrong: a mask as long as the values. what: what is wrong with it, to be read after the value. row: the row (from 0) that
    the i-th value stands in, where a reader could look it up. kind: as of a DataError; a missing value is always `null`.
    """
    count = int(wrong.sum())
    if count == 0:
        return
    index = int(wrong.arg_max() or 0)
    value = values[index]
    shown = "the value is missing" if value is None else f"`{str(value)[:80]}` {what}"
    more = f" (the first of {count:,} such values)" if count > 1 else ""
    place = None if row is None else row(index) + 1
    raise DataError(shown + more, column=values.name, file=file, row=place, help=help, kind="null" if value is None else kind)


def not_finite(numbers: pl.Series) -> pl.Series:
    """Which numbers are infinite or NaN in 32 bits, in which models compute."""
    return ~numbers.cast(pl.Float32).is_finite().fill_null(True)
