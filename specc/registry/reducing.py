"""What `sum`, `mean` and `max` share: over the values of a list, or over the steps of a sequence and the rows of a stack."""

from __future__ import annotations

from typing import ClassVar

from specc.registry.building import Build, Lowered, Node
from specc.registry.component import BoundArguments
from specc.registry.op import Op, OpContext
from specc.registry.values import ErrorValue, ListValue, Prediction, Scale, Sequence, Stack, Value


class Reducing(Op):
    """Element by element over a list; of a single sequence over its steps (padding left out; empty gives zeros), of a stack
    over its rows.
    """

    function: ClassVar[str]  # of keras.ops, over an axis
    joined: ClassVar[str]  # of keras.layers, over a list
    masked: ClassVar[str]  # over the steps of a sequence
    over_steps: ClassVar[bool] = True  # also of a single sequence or stack
    combiner: ClassVar[str | None] = None  # while a sequence is looked up
    scales: ClassVar[tuple[Scale, ...]] = ()  # predictions that stay what they are

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """A list: the form of its values. A sequence or stack: a vector."""
        if not isinstance(x, ListValue):
            value = ctx.tensor(x)
            if isinstance(value, ErrorValue):
                return value
            if isinstance(value, (Sequence, Stack)):
                return ctx.vector(value.dim, {"x": value}, {})
            return ctx.error(
                "REC221",
                ctx.span,
                f"`{self.name}` reduces a list, a sequence or a stack",
                f"got {value} ({value.name})",
                help=f"give it several: `[a, b] -> {self.name}`",
            )
        values = ctx.tensors(x)
        if values is None:
            return ErrorValue("", ctx.span)
        dim = ctx.same_width(values)
        if dim is None or not ctx.same_axis(values):
            return ErrorValue("", ctx.span)
        if len(values) == 1:
            return values[0]
        scales = {value.scale if isinstance(value, Prediction) else "" for value in values}
        if len(scales) == 1 and (scale := scales.pop()) in self.scales:
            return ctx.prediction(scale, {"xs": values}, {})
        return ctx.make(values[0], dim, {"xs": values}, {})

    def lower(self, node: Node, build: Build) -> Lowered:
        """A merge of a list, a masked pooling, or a reduction of an axis."""
        if "xs" in node.inputs:
            y = build.layer(f"keras.layers.{self.joined}", [x.name for x in node.xs])
            return Lowered(y, node.xs[0].mask)
        if node.x.looked_up is not None and self.combiner is not None:
            return Lowered(build.lookup(*node.x.looked_up, combiner=self.combiner))
        if node.x.mask is not None:
            return Lowered(build.layer(f"specc.runtime.layers.sequences.{self.masked}", node.x.name, node.x.mask))
        return Lowered(build.op(f"keras.ops.{self.function}", node.x.name, axis=1))
