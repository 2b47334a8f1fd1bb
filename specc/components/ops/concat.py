"""`concat`: vectors side by side."""

from __future__ import annotations

from specc.registry.building import Build, Lowered, Node
from specc.registry.component import BoundArguments
from specc.registry.op import Op, OpContext
from specc.registry.values import Dim, ErrorValue, Stack, Value, width


class Concat(Op):
    """The values of a list joined at their last axis, in the order of the list (selectors: of the schemas).

    Example: `tower inputs = [@categorical -> embed, @numeric] -> concat`
    """

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """Width: the sum of the widths."""
        values = ctx.tensors(x)
        if values is None or not ctx.same_axis(values):
            return ErrorValue("", ctx.span)
        if len(values) == 1:
            return values[0]
        if len({v.n for v in values if isinstance(v, Stack)} | {0 for v in values if not isinstance(v, Stack)}) > 1:
            return ctx.error("REC209", ctx.span, "`concat` cannot join stacks of different heights", "got several heights")
        dims = [width(value) for value in values]
        dim = Dim(sum(dim.n for dim in dims if dim is not None), ctx.span, f"{len(values)} values side by side")
        return ctx.make(values[0], dim, {"xs": values}, {})

    def lower(self, node: Node, build: Build) -> Lowered:
        """One concatenation."""
        return Lowered(build.op("keras.ops.concatenate", [x.name for x in node.xs], axis=-1), node.xs[0].mask)
