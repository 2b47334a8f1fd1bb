"""`dropout`: noise against overfitting."""

from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.building import Build, Lowered, Node
from specc.registry.component import Arg
from specc.registry.pointwise import Pointwise


class Dropout(Pointwise):
    """In training sets a share of the values to zero and scales the others up (Srivastava et al. 2014); else nothing.

    Example: `tower x = inputs -> dropout(0.2) -> mlp(64)`
    """

    rate = Arg(Float(0, 1, open_high=True), doc="the share")

    def lower(self, node: Node, build: Build) -> Lowered:
        """One `Dropout`."""
        return Lowered(build.layer("keras.layers.Dropout", node.x.name, rate=node.rate), node.x.mask)
