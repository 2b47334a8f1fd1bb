"""`rmse`: the root of the mean squared error."""

from __future__ import annotations

from specc.registry.metric import Pointwise


class Rmse(Pointwise):
    """`sqrt(mean((y - p)^2))`, in the units of the label.

    Example: `metrics { rating: rmse }`
    """

    predicts = ("Real", "Prob")
    labels = ("int", "float", "bool")
    better = "min"
    target = "specc.runtime.metrics.pointwise.rmse"
