"""List columns as flat values plus lengths, and back: what lets one vectorised function serve scalars, bags and sequences."""

from typing import Any

import numpy as np
import polars as pl
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
    rows = pl.DataFrame({"row": np.arange(len(lengths), dtype=np.uint32)})
    flat = pl.DataFrame({"row": np.repeat(rows["row"].to_numpy(), lengths), "list": values})
    lists = flat.set_sorted("row").group_by("row", maintain_order=True).agg("list")
    if lists.height < rows.height:
        lists = rows.join(lists, on="row", how="left", maintain_order="left").with_columns(pl.col("list").fill_null([]))
    return lists["list"].alias(values.name)
