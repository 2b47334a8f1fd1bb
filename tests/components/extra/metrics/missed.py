from __future__ import annotations

from specc.registry.metric import Ranking


class Missed(Ranking):
    """The share of rows whose candidate is not found."""

    better = "min"
    target = "extra.scores.missed"
