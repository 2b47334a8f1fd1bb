"""`mse`: squared error."""

from __future__ import annotations

from specc.registry.loss import Pointwise


class Mse(Pointwise):
    """`(y - p)^2` for a number y and a prediction p.

    Example: `loss rating = mse`
    """

    target = "keras.losses.MeanSquaredError"
    predicts = ("Real", "Prob")
    labels = ("int", "float", "bool")
