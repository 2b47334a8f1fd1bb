"""`copies`: a block side by side."""

from __future__ import annotations

from specc.registry.common import MAX_COPIES
from specc.registry.op import Op, Site
from specc.registry.values import Several, Value
from specc.registry.word import Arg, Block, Bound, Int


class Copies(Op):
    """The block n times on the same value, with weights of its own each time: a list.

    Example: `tower mixed = x -> copies(4, mlp(64)) -> mixture(by=x)`
    """

    n = Arg(Int(1, MAX_COPIES), doc="how often")
    block = Arg(Block(), doc="what is copied")

    def apply(self, x: Value, a: Bound, at: Site) -> Value:
        """A list of n values."""
        items: list[Value] = []
        for number in range(1, a.n + 1):
            value = at.run(a.block, x, f"copy_{number}")
            items.extend(value.items if isinstance(value, Several) else [value])
        return Several("copies", at.span, items)
