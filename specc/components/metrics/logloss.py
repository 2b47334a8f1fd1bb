"""`logloss`: binary cross-entropy."""

from __future__ import annotations

from specc.registry.metric import Pointwise


class Logloss(Pointwise):
    """The mean of `-(y log p + (1 - y) log(1 - p))`.

    Example: `metrics { click: logloss }`
    """

    predicts = ("Logit", "Prob")
    labels = ("bool",)
    better = "min"
    target = "specc.runtime.metrics.pointwise.logloss"
