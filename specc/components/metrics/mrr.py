"""`mrr`: the reciprocal rank."""

from __future__ import annotations

from specc.registry.metric import Ranking


class Mrr(Ranking):
    """`1 / rank` where the rank is at most k, else 0.

    Example: `metrics { watch: mrr@10 }`
    """

    target = "specc.runtime.metrics.ranking.mrr"
