"""`index`: numbers that are ids already."""

from __future__ import annotations

from specc.registry.arg_types import Int
from specc.registry.common import MAX_ROWS
from specc.registry.component import Arg, BoundArguments
from specc.registry.encoder import Encoder


class Index(Encoder):
    """The whole numbers 0 to n - 1, taken as ids. Any other number in the data is an error.

    Example: `hour : int -> index(24)  @context`
    """

    takes = frozenset({"int", "bool"})
    gives = "category"
    target = "specc.runtime.features.categories.Index"
    n = Arg(Int(1, MAX_ROWS), doc="how many ids there are")

    def size(self, a: BoundArguments) -> int | None:
        """Always known."""
        n: int = a.n
        return n
