"""`last`: one row of each group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specc.registry.data import DataContext, RowRule
from specc.registry.word import Arg, Bound, ColumnName, Rows


class Last(RowRule):
    """The latest row of each group of rows with one value of `by`.

    Example: `rows = last(ratings, by=user_id)`
    """

    by = Arg(ColumnName(), doc="rows with the same value are a group", named=True)
    where = Arg(Rows("bool"), None, "which rows count", named=True)

    def check(self, a: Bound, ctx: DataContext) -> None:
        """Each row is in one group."""
        self.divides("by", a, ctx)

    def group(self, config: Mapping[str, Any]) -> str | None:
        """`by`."""
        return str(config["by"])
