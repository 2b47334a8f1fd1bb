"""A table of either kind of file, told by the name."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from .columns import Column
from .csv_files import read_csv
from .parquet_files import read_parquet


def read_table(path: str | Path, columns: Mapping[str, Column], *, separate: Mapping[str, str] | None = None) -> pl.DataFrame:
    """The rows of Parquet files (`.parquet`, `.pq`) or else of CSV files (`.tsv` with tabs); otherwise as `read_csv`."""
    name = str(path).lower()
    if name.endswith((".parquet", ".pq")):
        return read_parquet(path, columns, separate=separate)
    separator = "\t" if name.removesuffix(".gz").endswith(".tsv") else ","
    return read_csv(path, columns, separator=separator, separate=separate)
