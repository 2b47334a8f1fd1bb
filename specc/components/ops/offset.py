"""`offset`: plus a number."""

from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.building import Build, Lowered, Node
from specc.registry.component import Arg
from specc.registry.pointwise import Pointwise


class Offset(Pointwise):
    """The value plus a fixed number. Acts on each value of a list.

    Example: `head rating = [pair -> embed -> dot, pair -> embed(bias) -> sum] -> sum -> offset(3.5)`
    """

    maps_lists = True
    keeps_scale = ("Logit", "Real")
    by = Arg(Float(), doc="the number")

    def lower(self, node: Node, build: Build) -> Lowered:
        """One sum."""
        return Lowered(build.op("keras.ops.add", node.x.name, node.by), node.x.mask)
