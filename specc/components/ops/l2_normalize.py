"""`l2_normalize`: vectors of length 1."""

from __future__ import annotations

from specc.registry.building import Build, Lowered, Node
from specc.registry.pointwise import Pointwise


class L2Normalize(Pointwise):
    """`x / |x|` over the last axis, so that a dot product is a cosine; a zero vector stays zero.

    Example: `block encoder(x) = x -> concat -> mlp(256) -> dense(64) -> l2_normalize`
    """

    def lower(self, node: Node, build: Build) -> Lowered:
        """One `UnitNormalization`."""
        return Lowered(build.layer("keras.layers.UnitNormalization", node.x.name), node.x.mask)
