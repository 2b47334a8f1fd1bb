"""`dot_interaction`: dot products of all pairs."""

from __future__ import annotations

from typing import Any

from specc.registry.arg_types import Bool
from specc.registry.building import Build, Lowered, Node
from specc.registry.component import Arg, BoundArguments
from specc.registry.op import Op, OpContext
from specc.registry.values import Dim, ErrorValue, ListValue, Stack, Value


class DotInteraction(Op):
    """The dot products of all pairs of n vectors of one width, as one vector: n(n - 1)/2 numbers, or n(n + 1)/2 with
    `self_pairs` (Naumov et al. 2019, DLRM), row by row of the upper triangle.

    Example: `tower cross = [bottom, @sparse -> embed] -> dot_interaction`
    """

    self_pairs = Arg(Bool(), False, "whether a vector also meets itself", named=True)

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """One number a pair."""
        inputs: dict[str, Any]
        if isinstance(x, Stack):
            n, inputs = x.n, {"x": x}
        else:
            values = ctx.tensors(x, flat=True)
            if values is None or ctx.same_width(values) is None:
                return ErrorValue("", ctx.span)
            n, inputs = len(values), {"xs": values}
        if n < 2 or not isinstance(x, (ListValue, Stack)):
            return ctx.error("REC223", ctx.span, "`dot_interaction` takes two vectors or more", f"got {n}")
        pairs = n * (n + 1) // 2 if a.self_pairs else n * (n - 1) // 2
        return ctx.vector(Dim(pairs, ctx.span, f"{n} vectors in pairs"), inputs, {"self_pairs": a.self_pairs})

    def lower(self, node: Node, build: Build) -> Lowered:
        """A stack, then the pairs."""
        stacked = (
            build.op("keras.ops.stack", [x.name for x in node.xs], suffix="stacked", axis=1)
            if "xs" in node.inputs
            else node.x.name
        )
        self_pairs = node.self_pairs or None
        return Lowered(build.layer("specc.runtime.layers.interaction.DotInteraction", stacked, self_pairs=self_pairs))
