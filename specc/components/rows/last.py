"""`last`: one row of each group."""

from __future__ import annotations

from specc.registry.word import Arg, ColumnName, Rows, SchemaName, Word


class Last(Word):
    """The latest row of each group of rows with one value of `by`.

    Example: `rows = last(ratings, by=user_id)`
    """

    schema = Arg(SchemaName(), doc="whose rows")
    by = Arg(ColumnName(), doc="rows with the same value are a group", named=True)
    where = Arg(Rows("bool"), None, "which rows count", named=True)
