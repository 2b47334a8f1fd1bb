"""`shared_bottom`: one network below all tasks."""

from __future__ import annotations

from typing import Any

from specc.registry.op import Site
from specc.registry.topology import SharedBlock
from specc.registry.values import Poison, Record, Value
from specc.registry.word import Arg, Block, Bound, Names


class SharedBottom(SharedBlock):
    """One block for all tasks (Caruana 1997): every field of the record is the same value.

    Example: `tower mix = inputs -> shared_bottom(tasks=[income, married], bottom=mlp(128, 64))`
    """

    tasks = Arg(Names(), doc="the tasks: the fields of the record", named=True)
    bottom = Arg(Block(), doc="what all tasks share", named=True)

    def expansion(self, a: Bound) -> tuple[list[str], Any]:
        """A field for each task."""
        return a.tasks, a.bottom

    def apply(self, x: Value, a: Bound, at: Site) -> Value:
        """A record with one value in every field."""
        bottom = at.run(a.bottom, x, "bottom")
        return bottom if isinstance(bottom, Poison) else Record(self.name, at.span, dict.fromkeys(a.tasks, bottom))
