"""`stack`: vectors on a new axis."""

from __future__ import annotations

from specc.registry.building import Build, Lowered, Node
from specc.registry.component import BoundArguments
from specc.registry.op import Op, OpContext
from specc.registry.values import ErrorValue, Value


class Stack(Op):
    """Vectors of one width as the rows of a matrix, (batch, n, width).

    Example: `tower fields = @categorical -> embed -> stack`
    """

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """Stacked vectors."""
        values = ctx.tensors(x, flat=True)
        if values is None:
            return ErrorValue("", ctx.span)
        dim = ctx.same_width(values)
        return ErrorValue("", ctx.span) if dim is None else ctx.matrix(len(values), dim, {"xs": values}, {})

    def lower(self, node: Node, build: Build) -> Lowered:
        """One stack."""
        return Lowered(build.op("keras.ops.stack", [x.name for x in node.xs], axis=1))
