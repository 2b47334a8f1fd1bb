"""`dot`: the dot product of two vectors."""

from __future__ import annotations

from specc.registry.building import Build, Lowered, Node
from specc.registry.component import BoundArguments
from specc.registry.op import Op, OpContext
from specc.registry.values import Dim, ErrorValue, ListValue, Value


class Dot(Op):
    """The dot product of two vectors of one width, as a vector of width 1.

    Example: `head rating = [user_id, movie_id] -> embed -> dot -> offset(3.5)`
    """

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """Width 1."""
        values = ctx.tensors(x, flat=True)
        if values is None:
            return ErrorValue("", ctx.span)
        if len(values) != 2 or not isinstance(x, ListValue):
            return ctx.error("REC223", ctx.span, "`dot` takes two vectors", f"got {len(values)}")
        if ctx.same_width(values) is None:
            return ErrorValue("", ctx.span)
        return ctx.vector(Dim(1, ctx.span, "a dot product is one number"), {"xs": values}, {})

    def lower(self, node: Node, build: Build) -> Lowered:
        """One `Dot` over the last axis."""
        return Lowered(build.layer("keras.layers.Dot", [x.name for x in node.xs], axes=-1))
