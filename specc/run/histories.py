"""Histories of rows that are on disk: in memory is where each row's events begin and end, and the values of the events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from specc.ir.check_data import reads
from specc.ir.program import Derivation, Program
from specc.run.encoding import SEEN, seen_columns
from specc.run.expressions import arguments_of
from specc.runtime.features.history import earlier_events, lists_of

HISTORY = "specc.runtime.features.history.history"


class Past:
    """The history of each row: 8 bytes a row, and its values. While it is made, some 100 bytes a row."""

    def __init__(self, frame: pl.DataFrame, name: str, of: str, *, last: int | None = None, **events: Any) -> None:
        event, start, end = earlier_events(frame, **events)
        self.values = frame[of].alias(name).gather(event)
        start = start if last is None else np.maximum(start, end - last)
        self.start, self.lengths = start.astype(np.uint32), (end - start).astype(np.uint32)

    def rows(self, places: Any) -> pl.Series:
        """The histories of the rows at some places (n,), as `history` gives them."""
        return lists_of(self.values, self.start[places].astype(np.int64), self.lengths[places].astype(np.int64))

    @property
    def dtype(self) -> Any:
        """The type of the column."""
        return pl.List(self.values.dtype)


def is_history(derivation: Derivation, table: str) -> bool:
    """Whether a derivation is a history of the rows of a table."""
    return derivation.table == table and derivation.target == HISTORY


def past_of(derivation: Derivation, frame: pl.DataFrame) -> Past:
    """A derived history; frame: the columns that it reads, of all rows. Raises DataError."""
    config = arguments_of(derivation, frame.schema)
    return Past(frame, derivation.columns[0], config.pop("of"), **config)


def columns_of_pasts(program: Program) -> set[str]:
    """The columns that histories, and what users had before, are made of."""
    data = program.data
    found = {name for one in data.derivations if is_history(one, data.rows) for name in reads(one)}
    for column, by in seen_columns(program).items():
        found |= {column, by} | ({data.order} if data.order is not None else set())
    return found


def seen_pasts(program: Program, select: Any) -> Mapping[str, Past]:
    """What each row's user had before, by the name of its column. select: gives columns of all rows in memory."""
    order = program.data.order
    found = {}
    for column, by in seen_columns(program).items():
        frame = select(list(dict.fromkeys(name for name in (column, by, order) if name is not None)))
        found[column + SEEN] = Past(frame, column + SEEN, column, by=by, order=order)
    return found
