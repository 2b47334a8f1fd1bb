"""The bases of negative samplers, and the pool that they fill."""

from __future__ import annotations

from typing import Any, ClassVar

from specc.registry.arg_types import Int
from specc.registry.building import Config, Object
from specc.registry.component import Arg, BoundArguments, Component


class Pool:
    """The candidates of a loss, and the negatives among them as samplers say: with those of the batch's rows, if `in_batch`,
    and what `samplers` draw. Without either, all candidates are.

    The others are values of the program: `candidates` is the network from ids to vectors; `low` and `high` are the bounds of
    ids, `ids` those in it that are candidates (None: all are), `counts` how often each id is a training row's own.
    """

    __slots__ = ("candidates", "counts", "high", "ids", "in_batch", "low", "samplers")

    def __init__(self, candidates: Any, low: int, high: Any, ids: Any, counts: Any) -> None:
        self.candidates = candidates
        self.low = low
        self.high = high
        self.ids = ids
        self.counts = counts
        self.in_batch = False
        self.samplers: list[Object] = []


class Sampler(Component):
    """Where negatives of a loss over candidates come from. `once` says why a pool has it only once, where that is so."""

    once: ClassVar[str] = ""

    def drawable(self, a: BoundArguments, first: int, size: int) -> int | None:
        """Of how many distinct candidates it draws `n`, when their ids go from `first` to `size`; None if there is no `n`."""
        return None

    def lower(self, a: Config, pool: Pool) -> None:
        """Put the sampler into a pool."""
        raise NotImplementedError(self.name)


class Drawing(Sampler):
    """A sampler that draws n distinct candidates a batch. `target` is the class that draws; it is made with the sampler's
    arguments. `counts` says that it draws by how often each candidate is a training row's own.
    """

    target: ClassVar[str] = ""
    counts: ClassVar[bool] = False
    n = Arg(Int(1, 10_000_000), doc="how many a batch")

    def drawable(self, a: BoundArguments, first: int, size: int) -> int | None:
        """All of them."""
        return size - first

    def lower(self, a: Config, pool: Pool) -> None:
        """What is not a candidate has no counts."""
        among = {"counts": pool.counts} if self.counts else {"ids": pool.ids}
        pool.samplers.append(Object(self.target, **a.values, low=pool.low, high=pool.high, **among))
