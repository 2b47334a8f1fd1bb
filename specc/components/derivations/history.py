"""`history`: what happened before a row."""

from __future__ import annotations

from specc.registry.common import MAX_STEPS
from specc.registry.encoder import Derivation
from specc.registry.word import Arg, ColumnName, Duration, Int, ListOf, Rows


class History(Derivation):
    """The values of a column in the rows of the same `by` that lie strictly earlier, oldest first. With several columns, their
    fields share one time axis. Rows are ordered by the schema's `time` column, else by their place in the file.

    The vocabulary (and the table) is the one of the column. Example:
    `watched = history(movie_id, by=user_id, last=50)  @user`
    """

    columns = Arg(ListOf(ColumnName(), least=1), doc="the columns that are collected", variadic=True)
    by = Arg(ColumnName(), doc="whose history: rows with the same value", named=True)
    last = Arg(Int(1, MAX_STEPS), 50, "how many of the latest events are kept", named=True)
    where = Arg(Rows("bool"), None, "which rows are events", named=True)
    within = Arg(Duration(), None, "how far back", named=True)
    lag = Arg(Duration(), None, "how long before the row an event must lie at least", named=True)
