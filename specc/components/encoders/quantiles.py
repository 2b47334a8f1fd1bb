"""`quantiles`: a number's place among learned bounds."""

from __future__ import annotations

from specc.registry.arg_types import Int
from specc.registry.component import Arg, BoundArguments
from specc.registry.encoder import NUMBERS, Encoder


class Quantiles(Encoder):
    """`buckets` with bounds that part the training rows into n equal shares.

    Example: `age : float -> quantiles(10)`
    """

    takes = NUMBERS | {"text"}
    gives = "category"
    distinct_ids = False
    learned = True
    target = "specc.runtime.features.categories.Quantiles"
    n = Arg(Int(2, 1_000_000), doc="how many shares")

    def size(self, a: BoundArguments) -> int | None:
        """Always n, even where equal values leave some empty."""
        n: int = a.n
        return n
