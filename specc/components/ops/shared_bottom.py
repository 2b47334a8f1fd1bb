"""`shared_bottom`: one network below all tasks."""

from __future__ import annotations

from typing import Any

from specc.registry.arg_types import Block, Names
from specc.registry.component import Arg, BoundArguments
from specc.registry.op import OpContext
from specc.registry.topology import SharedBlock
from specc.registry.values import ErrorValue, Record, Value


class SharedBottom(SharedBlock):
    """One block for all tasks (Caruana 1997): every field of the record is the same value.

    Example: `tower mix = inputs -> shared_bottom(tasks=[income, married], bottom=mlp(128, 64))`
    """

    tasks = Arg(Names(), doc="the tasks: the fields of the record", named=True)
    bottom = Arg(Block(), doc="what all tasks share", named=True)

    def expansion(self, a: BoundArguments) -> tuple[list[str], Any]:
        """A field for each task."""
        return a.tasks, a.bottom

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """A record with one value in every field."""
        bottom = ctx.run(a.bottom, x, "bottom")
        return bottom if isinstance(bottom, ErrorValue) else Record(self.name, ctx.span, dict.fromkeys(a.tasks, bottom))
