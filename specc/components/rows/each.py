"""`each`: every row."""

from __future__ import annotations

from specc.registry.word import Arg, Rows, SchemaName, Word


class Each(Word):
    """Every row of a schema, or those where a condition holds. Histories still see all rows.

    Example: `rows = each(ratings, where=rating >= 4)`
    """

    schema = Arg(SchemaName(), doc="whose rows")
    where = Arg(Rows("bool"), None, "which ones", named=True)
