"""One table of the files that a path or pattern names, whatever they are written as."""

from collections.abc import Iterable, Mapping

import polars as pl

from .columns import Column
from .convert import convert_frame
from .errors import DataError
from .files import hive_values
from .units import in_one_unit, largest_times


def join_files(
    raws: Iterable[tuple[str, pl.DataFrame]],
    columns: Mapping[str, Column],
    separate: Mapping[str, str] | None,
    file_column: bool,
) -> pl.DataFrame:
    """One frame of all files; each is converted before the next is read, so that raw text is held of one file only."""
    frames, largest = list[pl.DataFrame](), list[dict[str, int]]()
    for file, raw in raws:
        raw = raw.with_columns(pl.lit(value, pl.String).alias(name) for name, value in hive_values(file).items())
        frame = convert_frame(raw, columns, separate=separate, file=file)
        frames.append(frame.with_columns(pl.lit(file).alias(".file")) if file_column else frame)
        largest.append(largest_times(raw, columns, separate))
    table = pl.concat(in_one_unit(frames, largest, columns))
    if table.is_empty():
        raise DataError("there are no rows", file=file, kind="rows")
    return table
