"""The bases of negative samplers."""

from __future__ import annotations

from typing import ClassVar

from specc.registry.word import Arg, Bound, Int, Word


class Sampler(Word):
    """Where negatives of a retrieval loss come from. `target` is the class that draws; `counts` says that it needs how
    often each candidate is a row's own in training; `once` says why a pool has it only once, where that is so.
    """

    target: ClassVar[str] = ""
    counts: ClassVar[bool] = False
    once: ClassVar[str] = ""

    def drawable(self, a: Bound, first: int, size: int) -> int | None:
        """Of how many distinct candidates it draws `n`, when their ids go from `first` to `size`; None if there is no `n`."""
        return None


class Drawing(Sampler):
    """A sampler that draws n distinct candidates a batch."""

    n = Arg(Int(1, 10_000_000), doc="how many a batch")

    def drawable(self, a: Bound, first: int, size: int) -> int | None:
        """All of them."""
        return size - first
