"""`uniform`: any candidate."""

from __future__ import annotations

from specc.registry.sampler import Drawing


class Uniform(Drawing):
    """n distinct candidates a batch, all equally likely.

    Example: `negatives=uniform(1000)`
    """

    target = "specc.runtime.layers.samplers.Uniform"
