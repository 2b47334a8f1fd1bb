"""`every`: each nth row in the order of time."""

from __future__ import annotations

from specc.registry.arg_types import Int
from specc.registry.building import Config, Object
from specc.registry.component import Arg
from specc.registry.data import RowContext, RowRule


class Every(RowRule):
    """The first row, and from there each nth."""

    n = Arg(Int(1), doc="which")

    def lower(self, a: Config, ctx: RowContext) -> list[Object]:
        return [Object("extra.functions.every", n=a.n, order=ctx.order)]
