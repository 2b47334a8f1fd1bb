"""`as_logit`: a number that is a logit already."""

from __future__ import annotations

from specc.registry.building import Build, Lowered, Node
from specc.registry.component import BoundArguments
from specc.registry.op import Op, OpContext
from specc.registry.values import ErrorValue, Prediction, Value, width


class AsLogit(Op):
    """Says that a vector of width 1 is a logit. Nothing is computed.

    Example: `head click = [wide, deep -> dense(1)] -> sum -> as_logit`
    """

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """A logit."""
        if isinstance(x := ctx.tensor(x, flat=True), ErrorValue):
            return x
        if isinstance(x, Prediction):
            if x.scale == "Logit":
                return x
            return ctx.error(
                "REC224",
                ctx.span,
                f"{x} is not a logit",
                f"`{x.name}` is past its sigmoid" if x.scale == "Prob" else "a prediction",
            )
        dim = width(x)
        if dim is None or dim.n != 1:
            return ctx.error(
                "REC225",
                ctx.span,
                "a logit is one number",
                f"got {x} ({x.name})",
                help="narrow it: `-> dense(1) -> as_logit`, or `-> logit`",
            )
        return Prediction(x.name, x.span, x.node, "Logit")

    def lower(self, node: Node, build: Build) -> Lowered:
        """Nothing: the rule makes no node."""
        return node.x
