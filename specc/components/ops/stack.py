"""`stack`: vectors on a new axis."""

from __future__ import annotations

from specc.registry.building import Build, Lowered, Node
from specc.registry.op import Op, Site
from specc.registry.values import Poison, Value
from specc.registry.word import Bound


class Stack(Op):
    """Vectors of one width as the rows of a matrix, (batch, n, width).

    Example: `tower fields = @categorical -> embed -> stack`
    """

    def apply(self, x: Value, a: Bound, at: Site) -> Value:
        """Stacked vectors."""
        values = at.tensors(x, flat=True)
        if values is None:
            return Poison("", at.span)
        dim = at.same_width(values)
        return Poison("", at.span) if dim is None else at.matrix(len(values), dim, {"xs": values}, {})

    def lower(self, node: Node, build: Build) -> Lowered:
        """One stack."""
        return Lowered(build.op("keras.ops.stack", [x.name for x in node.xs], axis=1))
