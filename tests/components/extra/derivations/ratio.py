"""`ratio`: one column over another, as a row expression."""

from __future__ import annotations

from typing import Any

from specc.registry.arg_types import ColumnName
from specc.registry.building import Config
from specc.registry.columns import Storage
from specc.registry.component import Arg, BoundArguments
from specc.registry.derivation import Derivation, DerivationContext


class Ratio(Derivation):
    """The one over the other."""

    over = Arg(ColumnName(), doc="what is divided")
    under = Arg(ColumnName(), doc="by what")

    def infer(self, a: BoundArguments, ctx: DerivationContext) -> bool:
        ctx.column.hold(Storage("float", "scalar", None, False, None, a.span))
        ctx.column.derived = (self.name, {"over": a.over.name, "under": a.under.name})
        return True

    def lower(self, a: Config) -> dict[str, Any]:
        return {"op": "/", "left": {"column": a.over}, "right": {"column": a.under}}
