"""Columns made of other columns, beyond what a polars expression says in a word."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from .errors import DataError
from .lists import unflatten


def cross(frame: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """Columns crossed (Cheng et al. 2016, Wide & Deep): their values in each row as one text, joined by `_X_`, as TensorFlow
    joins them.

    Scalars of whole numbers, text or truth values give a text, null where one of them is null. With lists among the columns
    each row gives a list: every value of the one with every value of the other, in the order of the columns; empty where one
    of them is. Raises DataError for other values.
    """
    for name in columns:
        dtype = frame[name].dtype
        inner = dtype.inner if isinstance(dtype, pl.List) else dtype
        if not (inner.is_integer() or inner in (pl.String, pl.Boolean, pl.Null)):
            raise DataError(
                f"cannot be crossed: holds {inner}", column=name, help="put it in `buckets(...)` or make it an int or a string"
            )
    lists = [name for name in columns if isinstance(frame[name].dtype, pl.List)]
    pairs = frame.select(columns).with_row_index(".row") if lists else frame.select(columns)
    for name in lists:
        pairs = pairs.filter(pl.col(name).list.len() > 0).explode(name)
    crossed = pairs.select(
        pl.concat_str([pl.col(name).cast(pl.String) for name in columns], separator="_X_").alias("cross")
    ).to_series()
    if not lists:
        return crossed
    return unflatten(crossed, np.bincount(pairs[".row"].to_numpy(), minlength=frame.height))


def extract(frame: pl.DataFrame, column: str, pattern: str) -> pl.Series:
    """The first group of a regular expression (Rust's, in linear time) in each text of a column, as text; null where it does
    not match. Raises DataError for values that are no text, ValueError for a pattern that is none or has no group.
    """
    values = frame[column]
    if values.dtype != pl.String:
        raise DataError(f"`extract` reads text, this is {values.dtype}", column=values.name)
    try:
        has_group = pl.select(pl.lit("").str.extract_groups(pattern)).to_series().struct.fields != []
    except pl.exceptions.ComputeError as error:
        raise ValueError(f"no regular expression: {pattern!r}: {str(error).splitlines()[-1]}") from error
    if not has_group:
        raise ValueError(f"a regular expression without a group: {pattern!r}")
    return values.str.extract(pattern, 1)
