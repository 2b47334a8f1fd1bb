"""Frames of raw values to the columns that a schema declares, or the first value that does not fit."""

from collections.abc import Mapping
from difflib import get_close_matches

import polars as pl

from .columns import Column, ListColumn, SequenceColumn
from .errors import DataError


def convert_frame(
    raw: pl.DataFrame, columns: Mapping[str, Column], *, separate: Mapping[str, str] | None = None, file: str | None = None
) -> pl.DataFrame:
    """The columns of a schema, under the schema's names and as declared, from a frame of raw values.

    separate: by schema name, what separates the values of a bag, sequence or vector that is written as text.

    Raises DataError for a missing column, a missing value, a value of another kind, and events of unequal lengths.
    """
    frame = pl.DataFrame(
        [column.read(written_values(raw, name, column, separate, file), file=file) for name, column in columns.items()]
    )
    if any(isinstance(column, SequenceColumn) for column in columns.values()):
        check_groups(frame, columns, file)
        frame = newest_events(frame, columns)
    return frame


def written_values(
    raw: pl.DataFrame, name: str, column: Column, separate: Mapping[str, str] | None = None, file: str | None = None
) -> pl.Series:
    """One column under the schema's name, as it is written, text of several values as lists."""
    values = raw_column(raw, name, column, file).alias(name)
    if separate and name in separate and isinstance(column, ListColumn) and values.dtype == pl.String:
        values = split_text(values, separate[name])
    return values


def raw_column(raw: pl.DataFrame, name: str, column: Column, file: str | None = None) -> pl.Series:
    """The raw values of a column. Raises DataError, with the nearest names, where there are none."""
    wanted = column.raw or name
    if wanted in raw.columns:
        return raw[wanted]
    near = get_close_matches(wanted, raw.columns, n=3)
    many = len(raw.columns) > 20
    shown = near or (get_close_matches(wanted, raw.columns, n=20, cutoff=0) if many else raw.columns)
    names = ", ".join(f"`{other}`" for other in shown) + (", ..." if many and not near else "")
    text = f'is it {names}? write `from="..."`' if near else f"it has {names}"
    raise DataError(f"the data have no column `{wanted}`", column=name, file=file, help=text, kind="column")


def split_text(values: pl.Series, separator: str) -> pl.Series:
    """Text as lists of text; the empty text has no values."""
    text = pl.col(values.name)
    none = pl.lit([], dtype=pl.List(pl.String))
    lists = pl.when(text.str.strip_chars() == "").then(none).otherwise(text.str.split(separator))
    return values.to_frame().select(lists.alias(values.name)).to_series()


def check_groups(frame: pl.DataFrame, columns: Mapping[str, Column], file: str | None = None) -> None:
    """Raises DataError where the columns of one event group have unequal lengths in a row."""
    groups: dict[str, list[str]] = {}
    for name, column in columns.items():
        if isinstance(column, SequenceColumn) and column.group is not None:
            groups.setdefault(column.group, []).append(name)
    for group, (first, *others) in groups.items():
        lengths = frame[first].list.len()
        for other in others:
            other_lengths = frame[other].list.len()
            wrong = lengths != other_lengths
            if wrong.any():
                row = int(wrong.arg_max() or 0)
                counts = f"{lengths[row]} values in `{first}` and {other_lengths[row]} in `{other}`"
                message = f"the events of `{group}` have {counts} (the first of {int(wrong.sum()):,} such rows)"
                raise DataError(message, column=other, file=file, row=row + 1, kind="events")


def newest_events(frame: pl.DataFrame, columns: Mapping[str, Column]) -> pl.DataFrame:
    """The frame with the last n values of each sequence of length n."""
    sequences = {name: column for name, column in columns.items() if isinstance(column, SequenceColumn)}
    return frame.with_columns(pl.col(name).list.tail(column.length) for name, column in sequences.items())
