"""`subtract`: the difference of two values."""

from __future__ import annotations

from specc.registry.building import Build, Lowered, Node
from specc.registry.op import Op, Site
from specc.registry.values import Poison, Several, Value
from specc.registry.word import Bound


class Subtract(Op):
    """The first value less the second, element by element.

    Example: `tower difference = [user, item] -> subtract`
    """

    infix = "-"

    def apply(self, x: Value, a: Bound, at: Site) -> Value:
        """The form of the values."""
        values = at.tensors(x)
        if values is None:
            return Poison("", at.span)
        if len(values) != 2 or not isinstance(x, Several):
            return at.error("REC223", at.span, "`subtract` takes two values", f"got {len(values)}")
        dim = at.same_width(values)
        if dim is None or not at.same_axis(values):
            return Poison("", at.span)
        return at.make(values[0], dim, {"xs": values}, {})

    def lower(self, node: Node, build: Build) -> Lowered:
        """One `Subtract`."""
        return Lowered(build.layer("keras.layers.Subtract", [x.name for x in node.xs]), node.xs[0].mask)
