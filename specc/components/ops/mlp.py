"""`mlp`: dense layers one after the other."""

from __future__ import annotations

from specc.registry.arg_types import Bool, Choice, Float, Int, ListOf
from specc.registry.building import Build, Lowered, Node
from specc.registry.common import ACTIVATIONS, MAX_WIDTH
from specc.registry.component import Arg, BoundArguments
from specc.registry.op import Op, OpContext
from specc.registry.pointwise import batch_normalization
from specc.registry.values import Dim, ErrorValue, Value


class Mlp(Op):
    """A multilayer perceptron: for each width a dense layer, its activation, dropout, and a normalization, in this order
    (that of Merlin's `MLPBlock`). With `last=linear` the last layer has neither activation nor dropout nor normalization.

    Example: `tower deep = x -> mlp(256, 128, 64, dropout=0.1)`
    """

    pointwise = True
    units = Arg(ListOf(Int(1, MAX_WIDTH), least=1, most=200), doc="the widths", variadic=True)
    activation = Arg(Choice(*ACTIVATIONS), "relu", "behind every layer", named=True)
    last = Arg(Choice("same", "linear"), "same", "what stands behind the last layer", named=True)
    dropout = Arg(Float(0, 1, open_high=True), 0.0, "share of values set to zero in training", named=True)
    norm = Arg(Choice("none", "batch", "layer"), "none", "normalization behind every layer", named=True)
    bias = Arg(Bool(), True, "whether the dense layers have one", named=True)

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """Same form, the last width."""
        if isinstance(x := ctx.tensor(x), ErrorValue):
            return x
        dim = Dim(a.units[-1], a.at("units"), f"`mlp({', '.join(map(str, a.units))})`")
        return ctx.make(x, dim, {"x": x}, a.plain())

    def lower(self, node: Node, build: Build) -> Lowered:
        """Dense, dropout and normalization layers, numbered."""
        y, many = node.x.name, len(node.units) > 1
        for number, units in enumerate(node.units, 1):
            linear = number == len(node.units) and node.last == "linear"
            tail = f"_{number}" if many else ""
            activation = None if linear or node.activation == "linear" else node.activation
            use_bias = None if node.bias else False
            y = build.layer(
                "keras.layers.Dense", y, suffix=f"dense{tail}", units=units, activation=activation, use_bias=use_bias
            )
            if linear:
                break
            if node.dropout:
                y = build.layer("keras.layers.Dropout", y, suffix=f"dropout{tail}", rate=node.dropout)
            if node.norm == "batch":
                y = batch_normalization(y, node, build, suffix=f"norm{tail}")
            elif node.norm == "layer":
                y = build.layer("keras.layers.LayerNormalization", y, suffix=f"norm{tail}")
        return Lowered(y, node.x.mask)
