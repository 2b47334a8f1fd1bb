"""`bpr`: Bayesian personalized ranking."""

from __future__ import annotations

from specc.registry.ranking import Ranking


class Bpr(Ranking):
    """The mean of `-log sigmoid((s - s') / T)` over the negatives, where s is the score of the row's positive and s' that
    of a negative (Rendle et al. 2009). Scores are the dot products of the query with the candidates' vectors, each plus the
    candidate's bias with `bias=true`.

    The negatives of a batch are shared by its rows; where one of them is a row's positive the row does not see it.

    Example: `loss watch = query -> bpr(movie_id, negatives=uniform(100), bias=true)`
    """

    pooled = "specc.runtime.layers.pooled_bpr.PooledBPR"
