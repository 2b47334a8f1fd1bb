"""`subtract`: the difference of two values."""

from __future__ import annotations

from specc.registry.building import Build, Lowered, Node
from specc.registry.component import BoundArguments
from specc.registry.op import Op, OpContext
from specc.registry.values import ErrorValue, ListValue, Value


class Subtract(Op):
    """The first value less the second, element by element.

    Example: `tower difference = [user, item] -> subtract`
    """

    infix = "-"

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """The form of the values."""
        values = ctx.tensors(x)
        if values is None:
            return ErrorValue("", ctx.span)
        if len(values) != 2 or not isinstance(x, ListValue):
            return ctx.error("REC223", ctx.span, "`subtract` takes two values", f"got {len(values)}")
        dim = ctx.same_width(values)
        if dim is None or not ctx.same_axis(values):
            return ErrorValue("", ctx.span)
        return ctx.make(values[0], dim, {"xs": values}, {})

    def lower(self, node: Node, build: Build) -> Lowered:
        """One `Subtract`."""
        return Lowered(build.layer("keras.layers.Subtract", [x.name for x in node.xs]), node.xs[0].mask)
