from __future__ import annotations

from specc.registry.balancer import Balancer


class Mean(Balancer):
    """The mean of the weighted losses, times a learned factor."""

    target = "extra.layers.Mean"
