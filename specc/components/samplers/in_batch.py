"""`in_batch`: the candidates of the other rows."""

from __future__ import annotations

from specc.registry.building import Config
from specc.registry.sampler import Pool, Sampler


class InBatch(Sampler):
    """The candidates of the batch's rows. Frequent ones occur often: with `logq=true` that is corrected by the share of
    training rows.

    Example: `negatives=in_batch`
    """

    once = "once is all of the batch"

    def lower(self, a: Config, pool: Pool) -> None:
        """No sampler draws them: their vectors are at hand."""
        pool.in_batch = True
