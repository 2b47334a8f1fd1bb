from __future__ import annotations

from specc.diagnostics import replacement
from specc.registry.building import Build, Lowered, Node
from specc.registry.op import Site
from specc.registry.pointwise import Pointwise
from specc.registry.values import Value
from specc.registry.word import Bound


class Idle(Pointwise):
    """Each number as it is, which is warned of."""

    def apply(self, x: Value, a: Bound, at: Site) -> Value:
        at.warn("REC140", at.span, "`idle` does nothing", "here", fixes=[replacement(at.span, "identity")])
        return super().apply(x, a, at)

    def lower(self, node: Node, build: Build) -> Lowered:
        return Lowered(build.op("keras.ops.add", node.x.name, 0.0), node.x.mask)
