"""`popularity`: by count."""

from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.component import Arg
from specc.registry.sampler import Drawing


class Popularity(Drawing):
    """n distinct candidates a batch, in proportion to `count ** power` of the training rows (Mikolov et al. 2013: 0.75).

    Example: `negatives=popularity(100, power=0.75)`
    """

    target = "specc.runtime.layers.samplers.Popularity"
    counts = True
    power = Arg(Float(0, 10), 0.75, "1 is the counts themselves, 0 is uniform", named=True)
