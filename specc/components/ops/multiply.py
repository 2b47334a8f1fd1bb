"""`multiply`: values of a list, element by element."""

from __future__ import annotations

from specc.registry.building import Build, Lowered, Node
from specc.registry.component import BoundArguments
from specc.registry.op import Op, OpContext
from specc.registry.values import ErrorValue, ListValue, Prediction, Value


class Multiply(Op):
    """The product of a list's values, element by element. Probabilities give a probability; a logit is refused, for the
    product of logits means nothing.

    Example: `head ctcvr = [click -> sigmoid, cvr -> sigmoid] -> multiply`
    """

    infix = "*"

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """The form of the values."""
        if not isinstance(x, ListValue):
            return ctx.error(
                "REC221",
                ctx.span,
                "`multiply` multiplies the values of a list",
                f"got {x}",
                help="give it several: `[a, b] -> multiply`",
            )
        values = ctx.tensors(x)
        if values is None:
            return ErrorValue("", ctx.span)
        logit = next((v for v in values if isinstance(v, Prediction) and v.scale == "Logit"), None)
        if logit is not None:
            return ctx.error(
                "REC222",
                ctx.span,
                "`multiply` does not take logits",
                f"`{logit.name}` is one",
                help=f"write `{logit.name} -> sigmoid`",
            )
        dim = ctx.same_width(values)
        if dim is None or not ctx.same_axis(values):
            return ErrorValue("", ctx.span)
        if len(values) == 1:
            return values[0]
        if all(isinstance(v, Prediction) and v.scale == "Prob" for v in values):
            return ctx.prediction("Prob", {"xs": values}, {})
        return ctx.make(values[0], dim, {"xs": values}, {})

    def lower(self, node: Node, build: Build) -> Lowered:
        """One `Multiply`."""
        return Lowered(build.layer("keras.layers.Multiply", [x.name for x in node.xs]), node.xs[0].mask)
