"""`copies`: a block side by side."""

from __future__ import annotations

from specc.registry.arg_types import Block, Int
from specc.registry.common import MAX_COPIES
from specc.registry.component import Arg, BoundArguments
from specc.registry.op import Op, OpContext
from specc.registry.values import ListValue, Value


class Copies(Op):
    """The block n times on the same value, with weights of its own each time: a list.

    Example: `tower mixed = x -> copies(4, mlp(64)) -> mixture(by=x)`
    """

    n = Arg(Int(1, MAX_COPIES), doc="how often")
    block = Arg(Block(), doc="what is copied")

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """A list of n values."""
        items: list[Value] = []
        for number in range(1, a.n + 1):
            value = ctx.run(a.block, x, f"copy_{number}")
            items.extend(value.items if isinstance(value, ListValue) else [value])
        return ListValue("copies", ctx.span, items)
