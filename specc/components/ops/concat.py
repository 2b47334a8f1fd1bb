"""`concat`: vectors side by side."""

from __future__ import annotations

from specc.registry.building import Build, Lowered, Node
from specc.registry.op import Op, Site
from specc.registry.values import Dim, Matrix, Poison, Value, width
from specc.registry.word import Bound


class Concat(Op):
    """The values of a list joined at their last axis, in the order of the list (selectors: of the schemas).

    Example: `tower inputs = [@categorical -> embed, @numeric] -> concat`
    """

    def apply(self, x: Value, a: Bound, at: Site) -> Value:
        """Width: the sum of the widths."""
        values = at.tensors(x)
        if values is None or not at.same_axis(values):
            return Poison("", at.span)
        if len(values) == 1:
            return values[0]
        if len({v.n for v in values if isinstance(v, Matrix)} | {0 for v in values if not isinstance(v, Matrix)}) > 1:
            return at.error("REC209", at.span, "`concat` cannot join stacks of different heights", "got several heights")
        dims = [width(value) for value in values]
        dim = Dim(sum(dim.n for dim in dims if dim is not None), at.span, f"{len(values)} values side by side")
        return at.make(values[0], dim, {"xs": values}, {})

    def lower(self, node: Node, build: Build) -> Lowered:
        """One concatenation."""
        return Lowered(build.op("keras.ops.concatenate", [x.name for x in node.xs], axis=-1), node.xs[0].mask)
