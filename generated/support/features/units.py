"""Unix times of several files: one unit a column, which the largest of all its files tells."""

from collections.abc import Mapping, Sequence

import polars as pl

from .columns import Column
from .convert import written_values
from .times import unix_unit


def largest_times(
    raw: pl.DataFrame, columns: Mapping[str, Column], separate: Mapping[str, str] | None = None
) -> dict[str, int]:
    """The size of the largest unix time of each column that holds some."""
    found = {name: column.largest_time(written_values(raw, name, column, separate)) for name, column in columns.items()}
    return {name: largest for name, largest in found.items() if largest}


def in_one_unit(
    frames: Sequence[pl.DataFrame], largest: Sequence[Mapping[str, int]], columns: Mapping[str, Column]
) -> list[pl.DataFrame]:
    """Frames whose times were read each in the unit of its own `largest_times`, in the unit that all of them tell."""
    units = {name: unix_unit(max(own.get(name, 0) for own in largest)) for name in columns}
    found = []
    for frame, own in zip(frames, largest, strict=True):
        taken = {name: unix_unit(size) for name, size in own.items()}
        others = [name for name, unit in taken.items() if unit != units[name]]
        found.append(frame.with_columns(columns[name].in_unit(frame[name], taken[name], units[name]) for name in others))
    return found
