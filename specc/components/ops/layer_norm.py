"""`layer_norm`: layer normalization."""

from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.building import Build, Lowered, Node
from specc.registry.component import Arg
from specc.registry.pointwise import Pointwise


class LayerNorm(Pointwise):
    """The last axis with mean 0 and variance 1, times a learned scale, plus a learned shift (Ba et al. 2016).

    Example: `tower x = inputs -> dense(64) -> layer_norm`
    """

    epsilon = Arg(Float(0, open_low=True), 1e-3, "added to the variance", named=True)

    def lower(self, node: Node, build: Build) -> Lowered:
        """One `LayerNormalization`."""
        epsilon = None if node.epsilon == 1e-3 else node.epsilon
        return Lowered(build.layer("keras.layers.LayerNormalization", node.x.name, epsilon=epsilon), node.x.mask)
