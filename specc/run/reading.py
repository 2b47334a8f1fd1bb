"""From the tables of a Program to frames: where their data are, and how they are read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from glob import glob
from typing import Any

import polars as pl

from specc.backends.targets import find
from specc.ir.program import SourceTable
from specc.runtime.features.columns import Column
from specc.runtime.features.convert import convert_frame
from specc.runtime.features.errors import DataError
from specc.runtime.features.files import find_files
from specc.runtime.features.storages import column

Data = Mapping[str, Any]  # by schema: a path, a pattern, or a polars DataFrame

CSV = "specc.runtime.features.read.read_csv"
PARQUET = "specc.runtime.features.read.read_parquet"
DATASET = "specc.runtime.features.read.read_dataset"
SUFFIXES = {".parquet": PARQUET, ".pq": PARQUET, ".csv": CSV, ".tsv": CSV, ".txt": CSV, ".gz": CSV}


class Source:
    """Where a table's rows come from: a reader with its options and a path, or a frame that is there already."""

    def __init__(self, target: str, path: str, options: dict[str, Any], frame: pl.DataFrame | None = None) -> None:
        self.target = target
        self.path = path
        self.options = options
        self.frame = frame


def source_of(table: SourceTable, data: Data, folder: str) -> Source | None:
    """Where the rows of a table are: what is given for it, else what the spec says; None when nobody says it.

    A relative path is looked for in the working directory, then in `folder`. A given path is read by its suffix, with the
    options of the spec where these are for the same kind of file. Raises DataError for what is neither a path nor a frame.
    """
    if table.name not in data:
        return Source(table.target, located(table, folder), dict(table.config)) if table.target else None
    given = data[table.name]
    if isinstance(given, pl.DataFrame):
        return Source("", "", {"separate": table.config.get("separate", {})}, given)
    path = _path(given)
    target = SUFFIXES.get(os.path.splitext(path)[1].lower(), table.target or CSV)
    if target == DATASET:
        target = CSV
    options = dict(table.config)
    if target == PARQUET:
        options = {key: value for key, value in options.items() if key in ("separate", "file_column")}
    elif "separator" not in options and os.path.splitext(path.removesuffix(".gz"))[1].lower() == ".tsv":
        options["separator"] = "\t"
    return Source(target, _nearby(path, folder), options)


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


def located(table: SourceTable, folder: str) -> str:
    """The path of a table as it is found from here."""
    return table.path if table.target == DATASET else _nearby(table.path, folder)


def _nearby(path: str, folder: str) -> str:
    if os.path.isabs(path) or os.path.exists(path) or glob(path, recursive=True):
        return path
    beside = os.path.join(folder, path)
    return beside if os.path.exists(beside) or glob(beside, recursive=True) else path


def columns_of(table: SourceTable) -> dict[str, Column]:
    """The columns of a table as readers want them."""
    return {one.name: column(one.storage, one.raw, one.group) for one in table.columns}


def read_table(table: SourceTable, source: Source) -> pl.DataFrame:
    """The rows of a table. Raises DataError."""
    columns = columns_of(table)
    if source.frame is not None:
        if source.frame.is_empty():
            raise DataError("there are no rows", kind="rows")
        return convert_frame(source.frame, columns, separate=source.options["separate"])
    frame: pl.DataFrame = find(source.target)(source.path, columns, **source.options)
    return frame


def head_table(table: SourceTable, source: Source, rows: int = 1000) -> tuple[pl.DataFrame, str | None]:
    """The first rows as they are written, and the file that they are of. Raises DataError."""
    from specc.runtime.features.datasets import load_dataset
    from specc.runtime.features.sample import head_csv, head_parquet

    if source.frame is not None:
        return source.frame.head(rows), None
    if source.target == DATASET:
        return load_dataset(source.path).head(rows), source.path
    if source.target == PARQUET:
        return head_parquet(source.path, rows=rows), find_files(source.path)[0]
    options = {key: source.options[key] for key in ("separator", "header", "null") if key in source.options}
    return head_csv(source.path, columns_of(table), rows=rows, **options), find_files(source.path)[0]
