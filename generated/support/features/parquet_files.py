"""Tables from Parquet files, with the columns and storages of a schema."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from .columns import Column
from .errors import DataError
from .files import find_files
from .joined_files import join_files


def read_parquet(
    paths: str | Path | Iterable[str | Path],
    columns: Mapping[str, Column],
    *,
    separate: Mapping[str, str] | None = None,
    file_column: bool = False,
) -> pl.DataFrame:
    """The rows of Parquet files; as `csv_files.read_csv`. Lists are taken as they are, or split from text."""
    raws = ((file, parquet_values(file, columns)) for file in find_files(paths))
    return join_files(raws, columns, separate, file_column)


def parquet_values(file: str, columns: Mapping[str, Column] | None = None, *, rows: int | None = None) -> pl.DataFrame:
    """The columns of a Parquet file that a schema reads (all of them without one); `rows` takes that many from the top."""
    try:
        names = list(pl.read_parquet_schema(file))
        wanted = {column.raw or name for name, column in columns.items()} if columns else set(names)
        present = [name for name in names if name in wanted] or names
        return pl.read_parquet(file, columns=present, n_rows=rows, hive_partitioning=False, glob=False)
    except PermissionError as error:
        raise DataError(f"cannot be read: {error}", file=file, kind="table") from error
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(f"is not a Parquet table: {str(error).splitlines()[0]}", file=file, kind="table") from error
