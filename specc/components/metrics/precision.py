"""`precision`: hits over k."""

from __future__ import annotations

from specc.registry.metric import Ranking


class Precision(Ranking):
    """The share of the first k that is the row's candidate; with one candidate a row, recall over k.

    Example: `metrics { watch: precision@10 }`
    """

    target = "specc.runtime.metrics.ranking.precision"
