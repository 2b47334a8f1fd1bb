"""What the components of this folder call when a program runs."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from specc.runtime.features.columns import Column
from specc.runtime.features.convert import convert_frame
from specc.runtime.features.split import with_parts


def read_jsonl(
    path: str, columns: Mapping[str, Column], separate: Mapping[str, str] | None = None, file_column: bool = False
) -> pl.DataFrame:
    """The rows of a file with a JSON object on each line."""
    frame = convert_frame(pl.read_ndjson(path), columns, separate=separate, file=path)
    return frame.with_columns(pl.lit(path).alias(".file")) if file_column else frame


def length(frame: pl.DataFrame, column: str) -> pl.Series:
    """Characters of a text."""
    return frame[column].str.len_chars().cast(pl.Int64)


def every(frame: pl.DataFrame, n: int, order: str | None = None) -> pl.DataFrame:
    """Each nth row."""
    return (frame if order is None else frame.sort(order, maintain_order=True)).gather_every(n)


def fixed(frame: pl.DataFrame, valid: int, test: int) -> pl.DataFrame:
    """The last rows are held out."""
    left = frame.height - pl.int_range(frame.height, eager=True)
    return with_parts(frame, left <= valid + test, left <= test)
