"""`log_uniform`: by rank."""

from __future__ import annotations

from specc.registry.arg_types import Int
from specc.registry.building import Config
from specc.registry.common import MAX_ROWS
from specc.registry.component import Arg, BoundArguments
from specc.registry.sampler import Drawing, Pool


class LogUniform(Drawing):
    """n distinct candidates a batch, by Zipf's law on their ids: `p(k) = log((k + 2) / (k + 1)) / log(R + 1)` for the k-th
    of R ids. The ids of a learned vocabulary fall in frequency, so this follows popularity without counts (Merlin's
    default).

    Example: `negatives=log_uniform(100, min_id=2)`
    """

    target = "specc.runtime.layers.samplers.LogUniform"
    min_id = Arg(Int(0, MAX_ROWS), 0, "ids below are never drawn", named=True)

    def lower(self, a: Config, pool: Pool) -> None:
        """All ids are drawn where `min_id` is 0."""
        super().lower(Config({**a.values, "min_id": a.min_id or None}), pool)

    def drawable(self, a: BoundArguments, first: int, size: int) -> int | None:
        """Those from `min_id` on."""
        low: int = max(first, a.min_id)
        return size - low
