"""What data hold, told from their first rows: what a check of a spec against its data needs, in a moment."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from specc.runtime.features.columns import Column
from specc.runtime.features.convert import check_groups, convert, raw_column, to_bool, to_float, to_int
from specc.runtime.features.errors import DataError
from specc.runtime.features.files import find_files, hive_values
from specc.runtime.features.read import csv_text, parquet_values
from specc.runtime.features.times import to_time


def head_csv(
    paths: str | Path | Iterable[str | Path],
    columns: Mapping[str, Column] | None = None,
    *,
    separator: str = ",",
    header: bool = True,
    rows: int = 1000,
) -> pl.DataFrame:
    """The first rows of the first file, all columns, as text;
    without a header they are named by `columns`, which binds them.
    """
    file = find_files(paths)[0]
    return with_folders(csv_text(file, None if header else columns, separator=separator, header=header, rows=rows), file)


def head_parquet(paths: str | Path | Iterable[str | Path], *, rows: int = 1000) -> pl.DataFrame:
    """The first rows of the first file, all columns."""
    file = find_files(paths)[0]
    return with_folders(parquet_values(file, rows=rows), file)


def with_folders(head: pl.DataFrame, file: str) -> pl.DataFrame:
    """The rows with the columns that the file's folders stand for."""
    return head.with_columns(pl.lit(value, pl.String).alias(name) for name, value in hive_values(file).items())


def head_types(head: pl.DataFrame) -> dict[str, str]:
    """Column -> the narrowest storage that takes all of its values: what to offer for a schema."""
    return {values.name: storage_of(values) for values in head}


def storage_of(values: pl.Series) -> str:
    """`bool int float time string`, `bag(T)` for lists, with `?` where a value is missing.
    Text that only says 0 and 1 is `int`.
    """
    if isinstance(values.dtype, pl.Array) and values.dtype.inner.is_numeric():
        return f"vector({values.dtype.size})"
    if isinstance(values.dtype, pl.List | pl.Array):
        return f"bag({storage_of(values.explode().drop_nulls())})"
    if values.dtype == pl.String:
        values = values.str.strip_chars()
        values = values.set(values == "", None)
    optional = "?" if values.null_count() else ""
    present = values.drop_nulls()
    readers = {"int": to_int, "float": to_float, "bool": to_bool, "time": to_time}
    if present.dtype == pl.Boolean:
        return "bool" + optional
    if not present.is_empty():
        for storage, reader in readers.items():
            if reader(present).null_count() == 0:
                return storage + optional
    return "string" + optional


def problems(
    head: pl.DataFrame, columns: Mapping[str, Column], *, separate: Mapping[str, str] | None = None, file: str | None = None
) -> list[DataError]:
    """All that keeps these rows from being read as the schema says: one error a column, then unequal events."""
    found, good = list[DataError](), list[pl.Series]()
    for name, column in columns.items():
        try:
            values = raw_column(head, name, column, file).alias(name)
            good.append(convert(values, column, separator=(separate or {}).get(name), file=file))
        except DataError as error:
            found.append(error)
    names = {values.name for values in good}
    try:
        check_groups(pl.DataFrame(good), {name: column for name, column in columns.items() if name in names}, file)
    except DataError as error:
        found.append(error)
    return found
