"""`add`: values of a list, element by element."""

from __future__ import annotations

from specc.registry.op import Site
from specc.registry.reducing import Reducing
from specc.registry.values import Several, Value
from specc.registry.word import Bound


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

    def apply(self, x: Value, a: Bound, at: Site) -> Value:
        """The form of the values."""
        if not isinstance(x, Several):
            return at.error(
                "REC221", at.span, "`add` adds the values of a list", f"got {x}", help="give it several: `[a, b] -> add`"
            )
        return super().apply(x, a, at)
