"""`hash`: ids without a vocabulary."""

from __future__ import annotations

from specc.registry.arg_types import Int
from specc.registry.common import MAX_ROWS
from specc.registry.component import Arg, BoundArguments
from specc.registry.encoder import Encoder


class Hash(Encoder):
    """The value's hash (FarmHash64 of its text, as `keras.layers.Hashing`) modulo n: nothing is learned, values may collide.

    Example: `C1..C26 : string -> hash(1_000_000)  @sparse`
    """

    takes = frozenset({"int", "string", "bool", "text"})
    gives = "category"
    distinct_ids = False
    target = "specc.runtime.features.categories.Hash"
    n = Arg(Int(1, MAX_ROWS), doc="how many ids there are")

    def size(self, a: BoundArguments) -> int | None:
        """Always known."""
        n: int = a.n
        return n
