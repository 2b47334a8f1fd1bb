"""`stop_gradient`: read, but not taught."""

from __future__ import annotations

from specc.registry.building import Build, Lowered, Node
from specc.registry.pointwise import Pointwise


class StopGradient(Pointwise):
    """The value itself; nothing is learned through it. Acts on each value of a list.

    Example: `gate click = [click, buy -> stop_gradient, shared]`
    """

    maps_lists = True
    keeps_scale = ("Logit", "Prob", "Real")

    def lower(self, node: Node, build: Build) -> Lowered:
        """One `stop_gradient`."""
        return Lowered(build.op("keras.ops.stop_gradient", node.x.name), node.x.mask)
