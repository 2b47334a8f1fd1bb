"""Which rows are learned from, and what an entity's table adds to them."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from .errors import DataError
from .grouping import group_codes, order_values


def join_entity(frame: pl.DataFrame, entity: pl.DataFrame, key: str) -> pl.DataFrame:
    """The rows, in their order, with the entity's columns.

    A key that the entity lacks gives nulls: out of vocabulary for a `vocab`, an empty bag or sequence, and for a number an
    error when it is encoded without `fill`.
    Raises DataError for a key that comes twice in the entity, keys of unlike kinds, and a column that both tables have.
    """
    if frame[key].dtype != entity[key].dtype:
        message = f"is {frame[key].dtype} in the rows and {entity[key].dtype} in the entity"
        raise DataError(message, column=key, help="declare one storage for both", kind="key")
    twice = entity[key].is_duplicated() & entity[key].is_not_null()
    if twice.any():
        row = int(twice.arg_max() or 0)
        raise DataError(f"the key `{entity[key][row]}` comes twice in the entity", column=key, row=row + 1, kind="key")
    both = (set(frame.columns) & set(entity.columns)) - {key}
    if both:
        raise DataError("is a column of both the rows and the entity", column=min(both), help="rename one of them", kind="key")
    return frame.join(entity, on=key, how="left", maintain_order="left")


def each(frame: pl.DataFrame, where: pl.Expr) -> pl.DataFrame:
    """The rows where the condition holds; a null is no. Raises DataError where none is left."""
    kept = frame.filter(where)
    if kept.is_empty():
        raise DataError("no row meets the condition of `rows`", kind="rows")
    return kept


def last(frame: pl.DataFrame, by: str | Sequence[str], order: str | None = None) -> pl.DataFrame:
    """The latest row of each group, in the frame's order; of equal times the later row, and by place without `order`."""
    return frame.filter(newness(frame, by, order) == 0)


def newness(frame: pl.DataFrame, by: str | Sequence[str], order: str | None = None) -> pl.Series:
    """How many rows of the same group come after each row (int64): 0 for its latest. A null in `by` is in no group: -1."""
    group = group_codes(frame, by)
    time = order_values(frame, order)
    sorting = np.lexsort((time, group))  # stable: of equal times the later row is the newer
    ends = np.searchsorted(group[sorting], group[sorting], side="right")
    after = np.empty(frame.height, np.int64)
    after[sorting] = ends - 1 - np.arange(frame.height)
    return pl.Series(np.where(group >= 0, after, -1))
