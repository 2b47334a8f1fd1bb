"""`in_batch`: the candidates of the other rows."""

from __future__ import annotations

from specc.registry.sampler import Sampler


class InBatch(Sampler):
    """The candidates of the batch's rows. Frequent ones occur often: with `logq=true` that is corrected by the share of
    training rows.

    Example: `negatives=in_batch`
    """

    counts = True
    once = "once is all of the batch"
