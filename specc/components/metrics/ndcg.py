"""`ndcg`: discounted gain."""

from __future__ import annotations

from specc.registry.metric import Ranking


class Ndcg(Ranking):
    """`1 / log2(1 + rank)` where the rank is at most k, else 0 (Jarvelin & Kekalainen 2002, with one candidate a row).

    Example: `metrics { watch: ndcg@10 }`
    """

    target = "specc.runtime.metrics.ranking.ndcg"
