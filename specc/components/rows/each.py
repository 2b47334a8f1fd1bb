"""`each`: every row."""

from __future__ import annotations

from specc.registry.arg_types import Rows
from specc.registry.building import Config, Object
from specc.registry.component import Arg
from specc.registry.data import RowContext, RowRule


class Each(RowRule):
    """Every row of a schema, or those where a condition holds. Histories still see all rows.

    Example: `rows = each(ratings, where=rating >= 4)`
    """

    target = "specc.runtime.features.rows.each"
    where = Arg(Rows("bool"), None, "which ones", named=True)

    def lower(self, a: Config, ctx: RowContext) -> list[Object]:
        """Nothing without a condition."""
        return [Object(self.target, where=a.where)] if a.where is not None else []
