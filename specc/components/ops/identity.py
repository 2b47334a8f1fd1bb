"""`identity`: nothing."""

from __future__ import annotations

from specc.registry.op import Op, Site
from specc.registry.values import Value
from specc.registry.word import Bound


class Identity(Op):
    """The value itself. For params that may hold an operator or none.

    Example: `param post = identity`
    """

    def apply(self, x: Value, a: Bound, at: Site) -> Value:
        """What came in."""
        return x
