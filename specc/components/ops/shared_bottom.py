"""`shared_bottom`: one network below all tasks."""

from __future__ import annotations

from specc.registry.op import Op, Site
from specc.registry.values import Poison, Record, Value
from specc.registry.word import Arg, Block, Bound, Names


class SharedBottom(Op):
    """One block for all tasks (Caruana 1997): every field of the record is the same value.

    Example: `tower mix = inputs -> shared_bottom(tasks=[income, married], bottom=mlp(128, 64))`
    """

    tasks = Arg(Names(), doc="the tasks: the fields of the record", named=True)
    bottom = Arg(Block(), doc="what all tasks share", named=True)

    def apply(self, x: Value, a: Bound, at: Site) -> Value:
        """A record with one value in every field."""
        bottom = at.run(a.bottom, x, "bottom")
        return bottom if isinstance(bottom, Poison) else Record("shared_bottom", at.span, dict.fromkeys(a.tasks, bottom))
