"""`multiply`: values of a list, element by element."""

from __future__ import annotations

from specc.registry.building import Build, Lowered, Node
from specc.registry.op import Op, Site
from specc.registry.values import Poison, Prediction, Several, Value
from specc.registry.word import Bound


class Multiply(Op):
    """The product of a list's values, element by element. Probabilities give a probability; a logit is refused, for the
    product of logits means nothing.

    Example: `head ctcvr = [click -> sigmoid, cvr -> sigmoid] -> multiply`
    """

    infix = "*"

    def apply(self, x: Value, a: Bound, at: Site) -> Value:
        """The form of the values."""
        if not isinstance(x, Several):
            return at.error(
                "REC221",
                at.span,
                "`multiply` multiplies the values of a list",
                f"got {x}",
                help="give it several: `[a, b] -> multiply`",
            )
        values = at.tensors(x)
        if values is None:
            return Poison("", at.span)
        logit = next((v for v in values if isinstance(v, Prediction) and v.scale == "Logit"), None)
        if logit is not None:
            return at.error(
                "REC222",
                at.span,
                "`multiply` does not take logits",
                f"`{logit.name}` is one",
                help=f"write `{logit.name} -> sigmoid`",
            )
        dim = at.same_width(values)
        if dim is None or not at.same_axis(values):
            return Poison("", at.span)
        if len(values) == 1:
            return values[0]
        if all(isinstance(v, Prediction) and v.scale == "Prob" for v in values):
            return at.prediction("Prob", {"xs": values}, {})
        return at.make(values[0], dim, {"xs": values}, {})

    def lower(self, node: Node, build: Build) -> Lowered:
        """One `Multiply`."""
        return Lowered(build.layer("keras.layers.Multiply", [x.name for x in node.xs]), node.xs[0].mask)
