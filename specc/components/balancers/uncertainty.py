"""`uncertainty`: by how noisy each task is."""

from __future__ import annotations

from specc.registry.balancer import Balancer


class Uncertainty(Balancer):
    """The sum over losses L of `exp(-s) w L + s / 2`, with w its `weight` and a learned s for each, which starts at 0 (Kendall,
    Gal & Cipolla 2018). s is the logarithm of a variance: what is noisy counts less.

    Example: `train { balance=uncertainty }`
    """

    target = "specc.runtime.training.balancing.Uncertainty"
