"""`auc`: the area under the ROC curve."""

from __future__ import annotations

from specc.registry.metric import Pointwise


class Auc(Pointwise):
    """The chance that a row where the label holds scores above one where it does not, ties counting half. NaN when all
    labels are equal.

    Example: `metrics { income: auc }`
    """

    predicts = ("Logit", "Prob")
    labels = ("bool",)
    target = "specc.runtime.metrics.pointwise.auc"
