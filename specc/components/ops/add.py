"""`add`: values of a list, element by element."""

from __future__ import annotations

from specc.registry.component import BoundArguments
from specc.registry.op import OpContext
from specc.registry.reducing import Reducing
from specc.registry.values import ListValue, Value


class Add(Reducing):
    """The sum of a list's values, element by element; the residual connection. Unlike `sum` it never reduces a sequence.

    Example: `block res(x, w) = [x, x -> mlp(w) -> dense(like=x)] -> add`
    """

    infix = "+"
    function = "sum"
    joined = "Add"
    masked = "MaskedSum"
    over_steps = False
    scales = ("Logit", "Real")

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """The form of the values."""
        if not isinstance(x, ListValue):
            return ctx.error(
                "REC221", ctx.span, "`add` adds the values of a list", f"got {x}", help="give it several: `[a, b] -> add`"
            )
        return super().infer(x, a, ctx)
