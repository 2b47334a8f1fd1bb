"""From the tables of a Program to frames: where their data are, and how they are read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from glob import glob
from typing import Any

import polars as pl

from specc.backends.targets import find, named
from specc.ir.program import DataProgram, ObjectConfig, SourceTable
from specc.run.readers import options_of, reader_of_path, record_of
from specc.runtime.features.columns import Column
from specc.runtime.features.convert import convert_frame
from specc.runtime.features.errors import DataError
from specc.runtime.features.files import find_files
from specc.runtime.features.storages import column
from specc.targets.catalogue import target_of
from specc.targets.target import Reader, Split

Data = Mapping[str, Any]  # by schema: a path, a pattern, or a polars DataFrame


@dataclass(frozen=True, eq=False)
class Source:
    """Where a table's rows come from: a reader with its arguments, or a frame that is there already."""

    reader: ObjectConfig | None = None
    frame: pl.DataFrame | None = None

    @property
    def record(self) -> Reader | None:
        """What is known of the reader."""
        return None if self.reader is None else record_of(self.reader.target)

    @property
    def path(self) -> str | None:
        """The file or pattern that is read, if the rows are in files."""
        path = None if self.reader is None else self.reader.config.get(record_of(self.reader.target).files)
        return path if isinstance(path, str) else None

    @property
    def files(self) -> list[str]:
        """The files that are read. Raises DataError where there is none of that name."""
        return [] if self.path is None else find_files(self.path)

    @property
    def options(self) -> dict[str, Any]:
        """The arguments of the reader but the files."""
        return {} if self.reader is None else options_of(self.reader)

    def at(self, path: str) -> Source:
        """The same reader with another file or pattern."""
        assert self.reader is not None
        files = record_of(self.reader.target).files
        return Source(ObjectConfig(target=self.reader.target, config={**self.reader.config, files: path}))


def source_of(table: SourceTable, data: Data, folder: str) -> Source | None:
    """Where the rows of a table are: what is given for it, else what the spec says; None when nobody says it.

    A relative path is looked for in the working directory, then in `folder`. A given path is read by its suffix, with the
    arguments of the spec where these are for the same reader. Raises DataError for what is neither a path nor a frame.
    """
    if table.name not in data:
        source = None if table.reader is None else Source(table.reader)
        return source if source is None or source.path is None else source.at(_nearby(source.path, folder))
    given = data[table.name]
    if isinstance(given, pl.DataFrame):
        return Source(frame=given)
    return Source(reader_of_path(_nearby(_path(given), folder), table.reader))


def _path(given: object) -> str:
    path = os.fspath(given) if isinstance(given, os.PathLike) else given
    if isinstance(path, str):
        return path
    module, kind = type(given).__module__.partition(".")[0], type(given).__name__
    advice = {
        "pandas": "give `pl.from_pandas(frame)`",
        "pyarrow": "give `pl.from_arrow(table)`",
        "polars": "give `frame.collect()`" if kind == "LazyFrame" else "give a polars DataFrame",
    }
    what = f"a {module} {kind}" if module in advice else f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
    what = "None" if given is None else what
    help = advice.get(module, "give a path, a pattern, or a polars DataFrame")
    raise DataError(f"data are given as {what}, which is neither a path nor a polars DataFrame", help=help, kind="table")


def _nearby(path: str, folder: str) -> str:
    if os.path.isabs(path) or os.path.exists(path) or glob(path, recursive=True):
        return path
    beside = os.path.join(folder, path)
    return beside if os.path.exists(beside) or glob(beside, recursive=True) else path


def columns_of(table: SourceTable) -> dict[str, Column]:
    """The columns of a table as readers want them."""
    return {one.name: column(one.storage, one.raw, one.group) for one in table.columns}


def separators_of(table: SourceTable) -> dict[str, str]:
    """What stands between the values of columns that hold several, where they are written as text."""
    return {one.name: one.separator for one in table.columns if one.separator is not None}


def is_split_by_file(data: DataProgram, table: SourceTable) -> bool:
    """Whether the rows of a table are split by the file that they are from."""
    split = None if data.split is None or table.name != data.rows else target_of(data.split.target)
    return isinstance(split, Split) and split.by_file


def read_table(table: SourceTable, source: Source, *, file_column: bool = False) -> pl.DataFrame:
    """The rows of a table; `file_column` adds `.file`, the file of each. Raises DataError."""
    columns, separate = columns_of(table), separators_of(table)
    frame, reader = source.frame, source.reader
    if frame is not None and frame.is_empty():
        raise DataError("there are no rows", kind="rows")
    if reader is not None and record_of(reader.target).raw:
        frame = find(reader.target)(**reader.config)
    if frame is not None:
        return convert_frame(frame, columns, separate=separate)
    assert reader is not None
    options = {name: value for name, value in {"separate": separate, "file_column": file_column}.items() if value}
    read: pl.DataFrame = find(reader.target)(**reader.config, columns=columns, **options)
    return read


def head_table(table: SourceTable, source: Source, rows: int = 1000) -> pl.DataFrame | None:
    """The first rows as they are written, all their columns; None where all has been read, and is good. Raises DataError."""
    head, reader = source.frame, source.reader
    if reader is not None:
        record = record_of(reader.target)
        if record.raw:
            head = find(reader.target)(**reader.config)
        elif record.head:
            head = named(record.head)(**reader.config, columns=columns_of(table), rows=rows)
        else:
            read_table(table, source)
    return None if head is None else head.head(rows)
