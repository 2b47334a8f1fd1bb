"""`buckets`: a number's place among bounds."""

from __future__ import annotations

from itertools import pairwise

from specc.registry.arg_types import Float, ListOf
from specc.registry.component import Arg, BoundArguments
from specc.registry.encoder import NUMBERS, Encoder, EncoderContext


class Buckets(Encoder):
    """The number of bounds that are at most the value: n bounds make n + 1 categories.

    Example: `age : int -> buckets(18, 25, 35)` gives 0 below 18, 1 from 18 to below 25, 3 from 35.
    """

    takes = NUMBERS | {"text"}
    gives = "category"
    distinct_ids = False
    target = "specc.runtime.features.categories.Buckets"
    bounds = Arg(ListOf(Float(), least=1), doc="rising bounds", variadic=True)

    def check(self, a: BoundArguments, ctx: EncoderContext) -> bool:
        """The bounds rise."""
        for place, (before, bound) in enumerate(pairwise(a.bounds), 1):
            if before >= bound:
                message = f"the bounds of `{self.name}` must rise"
                ctx.error("REC428", a.at(f"bounds[{place}]"), message, "not above the one before")
                return False
        return True

    def size(self, a: BoundArguments) -> int | None:
        """One more than the bounds."""
        return len(a.bounds) + 1
