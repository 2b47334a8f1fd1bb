"""`each`: every row."""

from __future__ import annotations

from specc.registry.data import RowRule
from specc.registry.word import Arg, Rows


class Each(RowRule):
    """Every row of a schema, or those where a condition holds. Histories still see all rows.

    Example: `rows = each(ratings, where=rating >= 4)`
    """

    where = Arg(Rows("bool"), None, "which ones", named=True)
