"""`recall`: the share of rows found."""

from __future__ import annotations

from specc.registry.metric import Ranking


class Recall(Ranking):
    """The share of rows whose candidate is among the first k.

    Example: `metrics { watch: recall@10 }`
    """

    target = "specc.runtime.metrics.ranking.recall"
