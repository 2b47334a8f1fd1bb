"""What operators share that keep a value's form and width."""

from __future__ import annotations

from typing import Any

from specc.registry.building import Build, Node
from specc.registry.component import BoundArguments
from specc.registry.op import Op, OpContext
from specc.registry.values import ErrorValue, Prediction, Scale, Value, width


class Pointwise(Op):
    """An operator that keeps form and width. A prediction stays one of its scale where `keeps_scale` says so, else it
    becomes a vector of width 1.
    """

    pointwise = True
    keeps_scale: tuple[Scale, ...] = ()

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """Form and width of what came in."""
        if isinstance(x := ctx.tensor(x), ErrorValue):
            return x
        if isinstance(x, Prediction) and x.scale in self.keeps_scale:
            return ctx.prediction(x.scale, {"x": x}, a.plain())
        dim = width(x)
        assert dim is not None
        return ctx.make(x, dim, {"x": x}, a.plain())


def batch_normalization(y: str, node: Node, build: Build, *, suffix: str = "", **config: Any) -> str:
    """The call of a layer on `y`, which has the node's form: the padding of a sequence is not counted."""
    if node.x.mask is None:
        return build.layer("keras.layers.BatchNormalization", y, suffix=suffix, **config)
    target = "specc.runtime.layers.sequences.MaskedBatchNormalization"
    return build.layer(target, y, suffix=suffix, call={"mask": node.x.mask}, **config)
