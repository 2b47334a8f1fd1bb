"""Unix times of several files: one unit a column, which the largest of all its files tells."""

from collections.abc import Mapping, Sequence

import polars as pl

from specc.runtime.features.columns import Column, ListColumn, TimeColumn
from specc.runtime.features.convert import written_values
from specc.runtime.features.lists import flatten, unflatten
from specc.runtime.features.times import in_unit, largest_unix, unix_unit


def largest_times(
    raw: pl.DataFrame, columns: Mapping[str, Column], separate: Mapping[str, str] | None = None
) -> dict[str, int]:
    """The size of the largest unix time of each column that holds some."""
    found = dict[str, int]()
    for name, column in columns.items():
        if isinstance(column.item if isinstance(column, ListColumn) else column, TimeColumn):
            values = written_values(raw, name, column, separate)
            values = flatten(values)[0] if isinstance(values.dtype, pl.List | pl.Array) else values
            found[name] = largest_unix(values.str.strip_chars() if values.dtype == pl.String else values)
    return {name: largest for name, largest in found.items() if largest}


def in_one_unit(
    frames: Sequence[pl.DataFrame], largest: Sequence[Mapping[str, int]], columns: Mapping[str, Column]
) -> list[pl.DataFrame]:
    """Frames whose times were read each in the unit of its own `largest_times`, in the unit that all of them tell."""
    units = {name: unix_unit(max(own.get(name, 0) for own in largest)) for name in columns}
    return [
        frame.with_columns(
            with_unit(frame[name], unix_unit(size), units[name]) for name, size in own.items() if unix_unit(size) != units[name]
        )
        for frame, own in zip(frames, largest, strict=True)
    ]


def with_unit(times: pl.Series, taken: int, unit: int) -> pl.Series:
    """A column of times, or of lists of them, as of `in_unit`."""
    if not isinstance(times.dtype, pl.List):
        return in_unit(times, taken, unit)
    values, lengths = flatten(times)
    return unflatten(in_unit(values, taken, unit).alias(times.name), lengths)
