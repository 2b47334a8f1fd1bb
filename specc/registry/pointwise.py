"""What operators share that keep a value's form and width."""

from __future__ import annotations

from typing import Any

from specc.registry.building import Build, Node
from specc.registry.op import Op, Site
from specc.registry.values import Poison, Prediction, Scale, Value, width
from specc.registry.word import Bound


class Pointwise(Op):
    """An operator that keeps form and width. A prediction stays one of its scale where `keeps_scale` says so, else it
    becomes a vector of width 1.
    """

    pointwise = True
    keeps_scale: tuple[Scale, ...] = ()

    def apply(self, x: Value, a: Bound, at: Site) -> Value:
        """Form and width of what came in."""
        if isinstance(x := at.tensor(x), Poison):
            return x
        if isinstance(x, Prediction) and x.scale in self.keeps_scale:
            return at.prediction(x.scale, {"x": x}, a.plain())
        dim = width(x)
        assert dim is not None
        return at.make(x, dim, {"x": x}, a.plain())


def batch_normalization(y: str, node: Node, build: Build, *, suffix: str = "", **config: Any) -> str:
    """The call of a layer on `y`, which has the node's form: the padding of a sequence is not counted."""
    if node.x.mask is None:
        return build.layer("keras.layers.BatchNormalization", y, suffix=suffix, **config)
    target = "specc.runtime.layers.sequences.MaskedBatchNormalization"
    return build.layer(target, y, suffix=suffix, call={"mask": node.x.mask}, **config)
