"""`sigmoid`: from a logit to a probability."""

from __future__ import annotations

from specc.registry.building import Build, Lowered, Node
from specc.registry.op import Op, Site
from specc.registry.values import Matrix, Poison, Prediction, Sequence, Value, width
from specc.registry.word import Bound


class Sigmoid(Op):
    """`1 / (1 + exp(-x))`: of a logit (or a vector of width 1) a probability, of wider vectors each number's.

    Example: `head ctcvr = [click -> sigmoid, cvr -> sigmoid] -> multiply`
    """

    pointwise = True

    def apply(self, x: Value, a: Bound, at: Site) -> Value:
        """A probability, or the same form."""
        if isinstance(x := at.tensor(x), Poison):
            return x
        if isinstance(x, Prediction) and x.scale == "Prob":
            return at.error("REC224", at.span, f"`{x.name}` is a probability already", "a second sigmoid")
        dim = width(x)
        assert dim is not None
        if isinstance(x, Prediction) or (dim.n == 1 and not isinstance(x, (Sequence, Matrix))):
            return at.prediction("Prob", {"x": x}, {})
        return at.make(x, dim, {"x": x}, {})

    def lower(self, node: Node, build: Build) -> Lowered:
        """One sigmoid."""
        return Lowered(build.op("keras.ops.sigmoid", node.x.name), node.x.mask)
