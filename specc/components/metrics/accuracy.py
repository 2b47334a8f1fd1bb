"""`accuracy`: the share that is right."""

from __future__ import annotations

from specc.registry.metric import Pointwise


class Accuracy(Pointwise):
    """The share of rows where the probability is above one half exactly when the label holds.

    Example: `metrics { income: accuracy }`
    """

    predicts = ("Logit", "Prob")
    labels = ("bool",)
    target = "specc.runtime.metrics.pointwise.accuracy"
