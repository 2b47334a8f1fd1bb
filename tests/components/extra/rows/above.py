"""`above`: rows with a large number."""

from __future__ import annotations

from specc.registry.arg_types import ColumnName, Float
from specc.registry.building import Config, Object
from specc.registry.component import Arg
from specc.registry.data import RowContext, RowRule


class Above(RowRule):
    """The rows where a column is above a bound."""

    column = Arg(ColumnName(), doc="a number")
    bound = Arg(Float(), doc="the bound")

    def lower(self, a: Config, ctx: RowContext) -> list[Object]:
        above = {"op": ">", "left": {"column": a.column}, "right": {"value": a.bound}}
        return [Object("specc.runtime.features.rows.each", where=above)]
