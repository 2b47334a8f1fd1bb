"""`same`: the vocabulary of another column."""

from __future__ import annotations

from specc.registry.encoder import Encoder
from specc.registry.word import Arg, ColumnName


class Same(Encoder):
    """The ids of another column's vocabulary; the tables are shared with it, and a learned vocabulary is fitted on both.

    Example: `clicked : string -> same(item_id)`
    """

    takes = frozenset({"int", "string", "bool", "text", "float"})
    gives = "category"
    handles_null = True
    column = Arg(ColumnName(), doc="the column whose vocabulary is used")
