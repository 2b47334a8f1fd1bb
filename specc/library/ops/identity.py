"""`identity`: nothing."""

from __future__ import annotations

from specc.library.op import Op, Site
from specc.library.values import Value
from specc.library.word import Bound


class Identity(Op):
    """The value itself. For params that may hold an operator or none.

    Example: `param post = identity`
    """

    def apply(self, x: Value, a: Bound, at: Site) -> Value:
        """What came in."""
        return x
