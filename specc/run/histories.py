"""Histories of rows that are on disk: in memory is where each row's events begin and end, and the values of the events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from specc.backends.targets import named
from specc.ir.base import Expression
from specc.ir.check_data import reads
from specc.ir.program import Derivation, Program
from specc.run.encoding import SEEN, seen_columns
from specc.run.expressions import arguments_of
from specc.runtime.features.history import history_slices, lists_of
from specc.targets import target
from specc.targets.catalogue import target_of


class LazyHistory:
    """What each row lists of other rows: 8 bytes a row, and the values of these. While it is made, some 100 bytes a row.

    values: one after the other; start, lengths (rows,): which of them a row lists.
    """

    def __init__(self, name: str, values: pl.Series, start: Any, lengths: Any) -> None:
        self.values = values.alias(name)
        self.start, self.lengths = start.astype(np.uint32), lengths.astype(np.uint32)

    def rows(self, places: Any) -> pl.Series:
        """The lists of the rows at some places (n,)."""
        return lists_of(self.values, self.start[places].astype(np.int64), self.lengths[places].astype(np.int64))

    @property
    def dtype(self) -> Any:
        """The type of the column."""
        return pl.List(self.values.dtype)


def record_of(derivation: Derivation) -> target.Derivation | None:
    """What is known of the function that makes a column; None for a row expression."""
    if isinstance(derivation.value, Expression):
        return None
    record = target_of(derivation.value.target)
    assert isinstance(record, target.Derivation)
    return record


def is_history(derivation: Derivation, table: str) -> bool:
    """Whether a column of a table lists values of other rows, and can be made when rows are read back."""
    record = record_of(derivation)
    return derivation.table == table and record is not None and bool(record.slices)


def history_of(derivation: Derivation, frame: pl.DataFrame) -> LazyHistory:
    """A derived history; frame: the columns that it reads, of all rows. Raises DataError."""
    record = record_of(derivation)
    assert record is not None
    assert not isinstance(derivation.value, Expression)
    return LazyHistory(derivation.column, *named(record.slices)(frame, **arguments_of(derivation.value, frame.schema)))


def columns_of_histories(program: Program) -> set[str]:
    """The columns that histories, and what users had before, are made of."""
    data = program.data
    found = {name for one in data.derivations if is_history(one, data.rows) for name in reads(one.value)}
    for column, by in seen_columns(program).items():
        found |= {column, by} | ({data.order} if data.order is not None else set())
    return found


def seen_histories(program: Program, select: Any) -> Mapping[str, LazyHistory]:
    """What each row's user had before, by the name of its column. select: gives columns of all rows in memory."""
    order = program.data.order
    found = {}
    for column, by in seen_columns(program).items():
        frame = select(list(dict.fromkeys(name for name in (column, by, order) if name is not None)))
        found[column + SEEN] = LazyHistory(column + SEEN, *history_slices(frame, column, by=by, order=order))
    return found
