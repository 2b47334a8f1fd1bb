"""`map`: average precision."""

from __future__ import annotations

from specc.registry.metric import Ranking


class Map(Ranking):
    """The mean of the precisions at the hits; with one candidate a row, the reciprocal rank.

    Example: `metrics { watch: map@10 }`
    """

    target = "specc.runtime.metrics.ranking.average_precision"
