"""`by_time`: before and after."""

from __future__ import annotations

from specc.registry.word import Arg, ColumnName, Literal, Word


class ByTime(Word):
    """Rows from `test` on are tested on, those from `valid` on are for validation, those before (and from `train` on) are
    trained on.

    Example: `split = by_time(ts, valid="2024-05-01", test="2024-05-08")`
    """

    target = "specc.runtime.features.split.by_time"
    column = Arg(ColumnName(), doc="a time, a number, or a string that sorts like one")
    valid = Arg(Literal(), doc="where validation starts", named=True)
    test = Arg(Literal(), None, "where the test starts", named=True)
    train = Arg(Literal(), None, "where training starts", named=True)
