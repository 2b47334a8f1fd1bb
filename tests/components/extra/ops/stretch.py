from __future__ import annotations

from specc.registry.building import Build, Lowered, Node
from specc.registry.pointwise import Pointwise


class Stretch(Pointwise):
    """Each number times a learned one."""

    def lower(self, node: Node, build: Build) -> Lowered:
        return Lowered(build.layer("extra.layers.Stretch", node.x.name), node.x.mask)
