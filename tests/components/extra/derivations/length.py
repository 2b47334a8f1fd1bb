"""`length`: how long a text is."""

from __future__ import annotations

from specc.registry.arg_types import ColumnName
from specc.registry.columns import Storage
from specc.registry.component import Arg, BoundArguments
from specc.registry.derivation import Derivation, DerivationContext


class Length(Derivation):
    """Characters."""

    target = "extra.functions.length"
    column = Arg(ColumnName(), doc="a string column")

    def infer(self, a: BoundArguments, ctx: DerivationContext) -> bool:
        ctx.column.hold(Storage("int", "scalar", None, False, None, a.span))
        ctx.column.derived = (self.name, {"column": a.column.name})
        return True
