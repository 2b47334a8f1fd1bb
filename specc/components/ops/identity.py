"""`identity`: nothing."""

from __future__ import annotations

from specc.registry.component import BoundArguments
from specc.registry.op import Op, OpContext
from specc.registry.values import Value


class Identity(Op):
    """The value itself. For params that may hold an operator or none.

    Example: `param post = identity`
    """

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """What came in."""
        return x
