"""The rows of large files as they are written, some at a time, and how much a whole file is."""

import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from .columns import Column
from .csv_files import csv_text, fields_to_read, needed_field
from .lines import check_lines
from .parquet_files import parquet_values


def csv_chunks(
    file: str,
    columns: Mapping[str, Column],
    *,
    rows: int,
    separator: str = ",",
    header: bool = True,
    null: Sequence[str] = (),
) -> Iterator[pl.DataFrame]:
    """The columns of a CSV file that a schema reads, as `csv_text` gives them, `rows` at a time. Raises DataError."""
    given: dict[str, Any] = {"separator": separator, "header": header, "null": null}
    csv_text(file, columns, rows=1, **given)  # raises where the file has no such columns
    try:
        lazy = pl.scan_csv(file, separator=separator, has_header=header, infer_schema=False, glob=False)
        given_names = lazy.collect_schema().names()
        names = [name.strip().removeprefix("\ufeff") for name in given_names]
        if not header:
            names = [column.raw or name for name, column in columns.items()]
        wanted = {column.raw or name for name, column in columns.items()}
        places = [place for place, name in enumerate(names) if name in wanted] or [len(names) - 1]  # folders may say it all
        chosen = [pl.col(given_names[place]).alias(names[place]) for place in places]
        fields = [given_names[place] for place in fields_to_read(file, places, len(names))]
        check_lines(file, needed_field(names, columns), len(names), separator=separator, header=header)
        missing = pl.all().str.strip_chars().is_in(list(null))
        for chunk in lazy.select(fields).collect_batches(chunk_size=rows):
            chunk = chunk.select(chosen).fill_null("")  # a CSV file cannot tell the two apart
            yield chunk.with_columns(pl.when(~missing).then(pl.all())) if null else chunk
    except (pl.exceptions.PolarsError, OSError, EOFError, zlib.error):
        csv_text(file, columns, **given)  # raises, and says what is wrong
        raise


def csv_bytes(files: Sequence[str], columns: int) -> int:
    """Of text; a compressed file is taken for a quarter of it."""
    return sum(os.path.getsize(file) * (4 if file.endswith(".gz") else 1) for file in files)


def parquet_chunks(file: str, columns: Mapping[str, Column], *, rows: int) -> Iterator[pl.DataFrame]:
    """The columns of a Parquet file that a schema reads, `rows` at a time. Raises DataError."""
    head = parquet_values(file, columns, rows=1)
    try:
        lazy = pl.scan_parquet(file, hive_partitioning=False, glob=False)
        yield from lazy.select(head.columns).collect_batches(chunk_size=rows)
    except (pl.exceptions.PolarsError, OSError):
        parquet_values(file, columns)
        raise


def parquet_bytes(files: Sequence[str], columns: int) -> int:
    """Of values of 8 bytes, one of each column in a row."""
    rows = sum(pl.scan_parquet(file, glob=False).select(pl.len()).collect().item() for file in files)
    return int(rows) * 8 * columns
