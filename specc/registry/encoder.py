"""The base of encoders: from a stored element to a category or a number."""

from __future__ import annotations

from typing import ClassVar

from specc.registry.columns import Column
from specc.registry.component import BoundArguments
from specc.registry.direct import Direct
from specc.registry.reporter import Context, Reporter

NUMBERS = frozenset({"int", "float", "bool"})


class EncoderContext(Context):
    """The column whose chain an encoder is in, and the elements that reach it."""

    def __init__(self, reporter: Reporter, column: Column, element: str) -> None:
        super().__init__(reporter)
        self.column = column
        self.element = element


class Encoder(Direct):
    """An encoder of a column's chain.

    `takes` are the elements that it reads; `gives` is `category`, `number`, or `same` (the element stays what it was).
    `handles_null` says that nulls may come in, `distinct_ids` of a category that an id stands for one value. `target` is the
    class that fits and applies it.
    """

    takes: ClassVar[frozenset[str]] = frozenset()
    gives: ClassVar[str] = "number"
    handles_null: ClassVar[bool] = False
    learned: ClassVar[bool] = False
    distinct_ids: ClassVar[bool] = True

    def check(self, a: BoundArguments, ctx: EncoderContext) -> bool:
        """Whether the arguments are good together, and for the column; if not, it is reported."""
        return True

    def shares(self, a: BoundArguments) -> Column | None:
        """The column whose encoders and vocabulary are taken instead of any of one's own."""
        return None

    def element(self, a: BoundArguments, element: str) -> str:
        """What an element is behind the encoder, unless it is a category."""
        return "float" if self.gives == "number" else element

    def size(self, a: BoundArguments) -> int | None:
        """For a category: the number of ids; None when data decides."""
        return None

    def first(self, a: BoundArguments) -> int:
        """For a category: the first id that is a real value; ids below are out of vocabulary."""
        return 0
