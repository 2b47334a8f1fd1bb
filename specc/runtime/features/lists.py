"""List columns as flat values plus lengths, and back: what lets one vectorised function serve scalars, bags and sequences."""

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray


def flatten(lists: pl.Series) -> tuple[pl.Series, NDArray[Any]]:
    """All values of a list column in row order, and the length (int64) of every row; a null row has length 0."""
    if isinstance(lists.dtype, pl.Array):
        lists = lists.arr.to_list()
    lengths = lists.list.len().fill_null(0)
    # Only rows with values are exploded: polars would give a null for an empty one.
    return lists.filter(lengths > 0).explode(), lengths.cast(pl.Int64).to_numpy()


def unflatten(values: pl.Series, lengths: NDArray[Any]) -> pl.Series:
    """The list column, named as `values`, whose row i holds the next `lengths[i]` of the values."""
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])
    lists = pa.LargeListArray.from_arrays(pa.array(offsets), values.rechunk().to_arrow())  # shares the memory of the values
    return pl.Series(values.name, pl.from_arrow(lists))
