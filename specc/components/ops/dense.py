"""`dense`: an affine map."""

from __future__ import annotations

from specc.registry.building import Build, Lowered, Node
from specc.registry.common import ACTIVATIONS, MAX_WIDTH
from specc.registry.op import Op, Site
from specc.registry.values import Dim, Poison, Value, width
from specc.registry.word import AnyValue, Arg, Bool, Bound, Choice, Int


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

    def apply(self, x: Value, a: Bound, at: Site) -> Value:
        """Same form, width `units`."""
        if isinstance(x := at.tensor(x), Poison):
            return x
        if (a.units is None) == (a.like is None):
            return at.error(
                "REC305",
                a.span,
                "`dense` needs a width" if a.units is None else "`dense` has two widths",
                "give `units` or `like=`, one of them",
                help="write `dense(64)`, or `dense(like=x)` for the width of `x`",
            )
        if a.units is not None:
            dim = Dim(a.units, a.at("units"), f"`dense({a.units})`")
        else:
            if isinstance(a.like, Poison):
                return a.like
            like = width(a.like)
            if like is None:
                return at.error("REC206", a.at("like"), "`like=` needs a value with one width", f"this is {a.like}")
            dim = like
        return at.make(x, dim, {"x": x}, {"units": dim.n, "activation": a.activation, "bias": a.bias})

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
