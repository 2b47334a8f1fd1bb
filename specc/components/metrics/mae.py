"""`mae`: the mean absolute error."""

from __future__ import annotations

from specc.registry.metric import Pointwise


class Mae(Pointwise):
    """`mean(|y - p|)`, in the units of the label.

    Example: `metrics { rating: mae }`
    """

    predicts = ("Real", "Prob")
    labels = ("int", "float", "bool")
    better = "min"
    target = "specc.runtime.metrics.pointwise.mae"
