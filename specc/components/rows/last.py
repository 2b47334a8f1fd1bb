"""`last`: one row of each group."""

from __future__ import annotations

from specc.registry.arg_types import ColumnName, Rows
from specc.registry.building import Config, Object
from specc.registry.component import Arg, BoundArguments
from specc.registry.data import DataContext, RowContext, RowRule


class Last(RowRule):
    """The latest row of each group of rows with one value of `by`.

    Example: `rows = last(ratings, by=user_id)`
    """

    target = "specc.runtime.features.rows.last"
    by = Arg(ColumnName(), doc="rows with the same value are a group", named=True)
    where = Arg(Rows("bool"), None, "which rows count", named=True)

    def check(self, a: BoundArguments, ctx: DataContext) -> None:
        """Each row is in one group."""
        self.divides("by", a, ctx)

    def lower(self, a: Config, ctx: RowContext) -> list[Object]:
        """The rows that count, and of them the latest."""
        counted = [] if a.where is None else [Object("specc.runtime.features.rows.each", where=a.where)]
        return [*counted, Object(self.target, by=a.by, order=ctx.order)]
