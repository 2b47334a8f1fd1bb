"""`dense`: an affine map."""

from __future__ import annotations

from specc.registry.arg_types import AnyValue, Bool, Choice, Int
from specc.registry.building import Build, Lowered, Node
from specc.registry.common import ACTIVATIONS, MAX_WIDTH
from specc.registry.component import Arg, BoundArguments
from specc.registry.op import Op, OpContext
from specc.registry.values import Dim, ErrorValue, Value, width


class Dense(Op):
    """An affine map of the last axis, `activation(x W + b)`: to `units`, or to the width of another value.

    Kernel Glorot uniform, bias zeros.

    Example: `tower narrow = wide -> dense(64, activation=relu)`
    """

    pointwise = True
    units = Arg(Int(1, MAX_WIDTH), None, "width of the output")
    like = Arg(AnyValue(), None, "a value whose width the output gets", named=True)
    activation = Arg(Choice(*ACTIVATIONS), None, "applied to the output", named=True)
    bias = Arg(Bool(), True, "whether `b` is there", named=True)

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """Same form, width `units`."""
        if isinstance(x := ctx.tensor(x), ErrorValue):
            return x
        if (a.units is None) == (a.like is None):
            return ctx.error(
                "REC305",
                a.span,
                "`dense` needs a width" if a.units is None else "`dense` has two widths",
                "give `units` or `like=`, one of them",
                help="write `dense(64)`, or `dense(like=x)` for the width of `x`",
            )
        if a.units is not None:
            dim = Dim(a.units, a.at("units"), f"`dense({a.units})`")
        else:
            if isinstance(a.like, ErrorValue):
                return a.like
            like = width(a.like)
            if like is None:
                return ctx.error("REC206", a.at("like"), "`like=` needs a value with one width", f"this is {a.like}")
            dim = like
        return ctx.make(x, dim, {"x": x}, {"units": dim.n, "activation": a.activation, "bias": a.bias})

    def lower(self, node: Node, build: Build) -> Lowered:
        """One `Dense`."""
        y = build.layer(
            "keras.layers.Dense",
            node.x.name,
            units=node.units,
            activation=node.activation,
            use_bias=None if node.bias else False,
        )
        return Lowered(y, node.x.mask)
