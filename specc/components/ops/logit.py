"""`logit`: a learned score before the sigmoid."""

from __future__ import annotations

from specc.registry.arg_types import Bool
from specc.registry.building import Build, Lowered, Node
from specc.registry.component import Arg, BoundArguments
from specc.registry.op import Op, OpContext
from specc.registry.values import ErrorValue, Value


class Logit(Op):
    """An affine map to one number that is the log-odds of an event; exported as its sigmoid.

    Example: `head income = mix.income -> mlp(32) -> logit`
    """

    bias = Arg(Bool(), True, "whether there is a bias", named=True)

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """A logit."""
        if isinstance(x := ctx.tensor(x, flat=True), ErrorValue):
            return x
        return ctx.prediction("Logit", {"x": x}, {"bias": a.bias})

    def lower(self, node: Node, build: Build) -> Lowered:
        """One `Dense` of width 1."""
        return Lowered(build.layer("keras.layers.Dense", node.x.name, units=1, use_bias=None if node.bias else False))
