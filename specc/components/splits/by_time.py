"""`by_time`: before and after."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

from specc.diagnostics import Note
from specc.registry.arg_types import ColumnName, Literal
from specc.registry.columns import Column
from specc.registry.component import Arg, BoundArguments
from specc.registry.data import DataContext, Split


class ByTime(Split):
    """Rows from `test` on are tested on, those from `valid` on are for validation, those before (and from `train` on) are
    trained on.

    Example: `split = by_time(ts, valid="2024-05-01", test="2024-05-08")`
    """

    target = "specc.runtime.features.split.by_time"
    column = Arg(ColumnName(), doc="a time, a number, or a string that sorts like one")
    valid = Arg(Literal(), doc="where validation starts", named=True)
    test = Arg(Literal(), None, "where the test starts", named=True)
    train = Arg(Literal(), None, "where training starts", named=True)

    def check(self, a: BoundArguments, ctx: DataContext) -> None:
        """Bounds are of the column's kind, and come one after the other."""
        if not self.divides("column", a, ctx):
            return
        given = {key: getattr(a, key) for key in ("train", "valid", "test") if getattr(a, key) is not None}
        if not all(self._compares(key, value, a, ctx) for key, value in given.items()):
            return
        pairs = pairwise(given.items())
        late = next((key for (_, x), (key, y) in pairs if isinstance(x, str) == isinstance(y, str) and x >= y), None)
        if late is not None:
            message = "train, valid and test must come one after the other"
            ctx.error("REC618", a.at(late), message, "not after the one before")

    def _compares(self, key: str, value: Any, a: BoundArguments, ctx: DataContext) -> bool:
        """Whether the column can be compared with a bound."""
        column: Column = a.column
        element, span, notes = column.storage.element, a.at(key), [Note(column.storage.span, "declared so")]
        if element in ("string", "text", "time") and not isinstance(value, str):
            share = not isinstance(value, bool) and 0 < value < 1
            help = f"`{key}` is where these rows begin; a share of the rows is `random({key}={value:g})`" if share else ()
            message = f"`{column.name}` is compared with a string"
            ctx.error("REC617", span, message, 'write dates as "2024-05-01"', notes=notes, help=help)
        elif element in ("int", "float") and isinstance(value, (str, bool)):
            message = f"`{column.name}` holds numbers, and is compared with one"
            ctx.error("REC617", span, message, "this is none", notes=notes)
        elif element == "time" and not _is_date(value):
            ctx.error("REC617", span, "this is not a date", 'write it as "2024-05-01" or "2024-05-01 12:30:00"', notes=notes)
        else:
            return True
        return False


def _is_date(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
