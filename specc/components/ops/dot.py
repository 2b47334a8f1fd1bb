"""`dot`: the dot product of two vectors."""

from __future__ import annotations

from specc.registry.building import Build, Lowered, Node
from specc.registry.op import Op, Site
from specc.registry.values import Dim, Poison, Several, Value
from specc.registry.word import Bound


class Dot(Op):
    """The dot product of two vectors of one width, as a vector of width 1.

    Example: `head rating = [user_id, movie_id] -> embed -> dot -> offset(3.5)`
    """

    def apply(self, x: Value, a: Bound, at: Site) -> Value:
        """Width 1."""
        values = at.tensors(x, flat=True)
        if values is None:
            return Poison("", at.span)
        if len(values) != 2 or not isinstance(x, Several):
            return at.error("REC223", at.span, "`dot` takes two vectors", f"got {len(values)}")
        if at.same_width(values) is None:
            return Poison("", at.span)
        return at.vector(Dim(1, at.span, "a dot product is one number"), {"xs": values}, {})

    def lower(self, node: Node, build: Build) -> Lowered:
        """One `Dot` over the last axis."""
        return Lowered(build.layer("keras.layers.Dot", [x.name for x in node.xs], axes=-1))
