from __future__ import annotations

from specc.diagnostics import replacement
from specc.registry.building import Build, Lowered, Node
from specc.registry.component import BoundArguments
from specc.registry.op import OpContext
from specc.registry.pointwise import Pointwise
from specc.registry.values import Value


class Idle(Pointwise):
    """Each number as it is, which is warned of."""

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        ctx.warn("REC140", ctx.span, "`idle` does nothing", "here", fixes=[replacement(ctx.span, "identity")])
        return super().infer(x, a, ctx)

    def lower(self, node: Node, build: Build) -> Lowered:
        return Lowered(build.op("keras.ops.add", node.x.name, 0.0), node.x.mask)
