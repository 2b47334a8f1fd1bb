"""`ratio`: one column over another, as a row expression."""

from __future__ import annotations

from typing import Any

from specc.registry.building import Config
from specc.registry.columns import Storage
from specc.registry.derivation import Derivation, DerivationContext
from specc.registry.word import Arg, Bound, ColumnName


class Ratio(Derivation):
    """The one over the other."""

    over = Arg(ColumnName(), doc="what is divided")
    under = Arg(ColumnName(), doc="by what")

    def infer(self, a: Bound, ctx: DerivationContext) -> bool:
        ctx.column.hold(Storage("float", "scalar", None, False, None, a.span))
        ctx.column.derived = (self.name, {"over": a.over.name, "under": a.under.name})
        return True

    def lower(self, a: Config) -> dict[str, Any]:
        return {"op": "/", "left": {"column": a.over}, "right": {"column": a.under}}
