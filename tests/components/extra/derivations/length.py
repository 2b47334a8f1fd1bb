"""`length`: how long a text is."""

from __future__ import annotations

from specc.registry.columns import Storage
from specc.registry.derivation import Derivation, DerivationContext
from specc.registry.word import Arg, Bound, ColumnName


class Length(Derivation):
    """Characters."""

    target = "extra.functions.length"
    column = Arg(ColumnName(), doc="a string column")

    def infer(self, a: Bound, ctx: DerivationContext) -> bool:
        ctx.column.hold(Storage("int", "scalar", None, False, None, a.span))
        ctx.column.derived = (self.name, {"column": a.column.name})
        return True
