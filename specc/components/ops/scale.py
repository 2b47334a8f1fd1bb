"""`scale`: times a number."""

from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.building import Build, Lowered, Node
from specc.registry.component import Arg
from specc.registry.pointwise import Pointwise


class Scale(Pointwise):
    """The value times a fixed number. Acts on each value of a list.

    Example: `head rating = x -> dense(1) -> sigmoid -> scale(4) -> offset(1)`
    """

    infix = "/"
    maps_lists = True
    keeps_scale = ("Logit", "Real")
    factor = Arg(Float(), doc="the number")

    def lower(self, node: Node, build: Build) -> Lowered:
        """One product."""
        return Lowered(build.op("keras.ops.multiply", node.x.name, node.factor), node.x.mask)
