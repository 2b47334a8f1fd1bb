"""`uniform`: any candidate."""

from __future__ import annotations

from specc.registry.sampler import Sampler
from specc.registry.word import Arg, Int


class Uniform(Sampler):
    """n distinct candidates a batch, all equally likely.

    Example: `negatives=uniform(1000)`
    """

    target = "specc.runtime.layers.samplers.Uniform"
    n = Arg(Int(1, 10_000_000), doc="how many a batch")
