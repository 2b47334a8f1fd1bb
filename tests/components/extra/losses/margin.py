from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.component import Arg
from specc.registry.ranking import Ranking


class Margin(Ranking):
    """The mean of `max(0, margin - (s - s'))` over the negatives."""

    pooled = "extra.layers.PooledHinge"
    margin = Arg(Float(0), 1.0, "how far a row's positive should be ahead", named=True)
