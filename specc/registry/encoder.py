"""The base of encoders: from a stored element to a category or a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from specc.registry.word import Bound, Word

NUMBERS = frozenset({"int", "float", "bool"})


class Encoder(Word):
    """An encoder of a column's chain.

    `takes` are the elements that it reads; `gives` is `category`, `number`, or `same` (the element stays what it was).
    `handles_null` says that nulls may come in. `target` is the class that fits and applies it.
    """

    takes: ClassVar[frozenset[str]] = frozenset()
    gives: ClassVar[str] = "number"
    handles_null: ClassVar[bool] = False
    learned: ClassVar[bool] = False
    target: ClassVar[str] = ""

    def target_for(self, config: Mapping[str, Any]) -> str:
        """The class for one set of arguments (those that are not their default)."""
        return self.target

    def size(self, a: Bound) -> int | None:
        """For a category: the number of ids; None when data decides."""
        return None

    def first(self, a: Bound) -> int:
        """For a category: the first id that is a real value; ids below are out of vocabulary."""
        return 0
