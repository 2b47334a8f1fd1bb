"""`batch_norm`: batch normalization."""

from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.building import Build, Lowered, Node
from specc.registry.component import Arg
from specc.registry.pointwise import Pointwise, batch_normalization


class BatchNorm(Pointwise):
    """Each number with mean 0 and variance 1 over the batch (in inference: over what training saw), times a learned scale,
    plus a learned shift (Ioffe & Szegedy 2015). The padding of a sequence is not counted.

    Example: `tower x = inputs -> batch_norm -> mlp(64)`
    """

    momentum = Arg(Float(0, 1, open_high=True), 0.99, "of the moving mean and variance", named=True)
    epsilon = Arg(Float(0, open_low=True), 1e-3, "added to the variance", named=True)

    def lower(self, node: Node, build: Build) -> Lowered:
        """One `BatchNormalization`."""
        momentum = None if node.momentum == 0.99 else node.momentum
        epsilon = None if node.epsilon == 1e-3 else node.epsilon
        y = batch_normalization(node.x.name, node, build, momentum=momentum, epsilon=epsilon)
        return Lowered(y, node.x.mask)
