"""`sigmoid`: from a logit to a probability."""

from __future__ import annotations

from specc.registry.building import Build, Lowered, Node
from specc.registry.component import BoundArguments
from specc.registry.op import Op, OpContext
from specc.registry.values import ErrorValue, Prediction, Sequence, Stack, Value, width


class Sigmoid(Op):
    """`1 / (1 + exp(-x))`: of a logit (or a vector of width 1) a probability, of wider vectors each number's.

    Example: `head ctcvr = [click -> sigmoid, cvr -> sigmoid] -> multiply`
    """

    pointwise = True

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """A probability, or the same form."""
        if isinstance(x := ctx.tensor(x), ErrorValue):
            return x
        if isinstance(x, Prediction) and x.scale == "Prob":
            return ctx.error("REC224", ctx.span, f"`{x.name}` is a probability already", "a second sigmoid")
        dim = width(x)
        assert dim is not None
        if isinstance(x, Prediction) or (dim.n == 1 and not isinstance(x, (Sequence, Stack))):
            return ctx.prediction("Prob", {"x": x}, {})
        return ctx.make(x, dim, {"x": x}, {})

    def lower(self, node: Node, build: Build) -> Lowered:
        """One sigmoid."""
        return Lowered(build.op("keras.ops.sigmoid", node.x.name), node.x.mask)
