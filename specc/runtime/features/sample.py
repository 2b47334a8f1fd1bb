"""What data hold, told from their first rows: what a check of a spec against its data needs, in a moment."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import polars as pl

from .columns import Column
from .convert import check_groups, written_values
from .csv_files import csv_text
from .errors import DataError
from .files import find_files, hive_values
from .parquet_files import parquet_values


def head_csv(
    paths: str | Path | Iterable[str | Path],
    columns: Mapping[str, Column] | None = None,
    *,
    separator: str = ",",
    header: bool = True,
    null: Sequence[str] = (),
    rows: int = 1000,
) -> pl.DataFrame:
    """The first rows of the first file, all columns, as text, and null where the whole field is one of `null`;
    without a header they are named by `columns`, which binds them. Raises DataError where there is none.
    """
    file = find_files(paths)[0]
    head = csv_text(file, columns, separator=separator, header=header, null=null, rows=rows, every=True)
    if head.is_empty():
        raise DataError("there are no rows", file=file, kind="rows")
    return with_folders(head, file)


def head_parquet(
    paths: str | Path | Iterable[str | Path], columns: Mapping[str, Column] | None = None, *, rows: int = 1000
) -> pl.DataFrame:
    """The first rows of the first file, all columns, whether they are among `columns` or not."""
    file = find_files(paths)[0]
    return with_folders(parquet_values(file, rows=rows), file)


def with_folders(head: pl.DataFrame, file: str) -> pl.DataFrame:
    """The rows with the columns that the file's folders stand for."""
    return head.with_columns(pl.lit(value, pl.String).alias(name) for name, value in hive_values(file).items())


def problems(
    head: pl.DataFrame, columns: Mapping[str, Column], *, separate: Mapping[str, str] | None = None, file: str | None = None
) -> list[DataError]:
    """All that keeps these rows from being read as the schema says: one error a column, then unequal events."""
    found, good = list[DataError](), list[pl.Series]()
    for name, column in columns.items():
        try:
            good.append(column.read(written_values(head, name, column, separate, file), file=file))
        except DataError as error:
            found.append(error)
    names = {values.name for values in good}
    try:
        check_groups(pl.DataFrame(good), {name: column for name, column in columns.items() if name in names}, file)
    except DataError as error:
        found.append(error)
    return found
