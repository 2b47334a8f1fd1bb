"""`bce`: binary cross-entropy."""

from __future__ import annotations

from specc.registry.loss import Pointwise


class Bce(Pointwise):
    """`-(y log p + (1 - y) log(1 - p))` for a condition y and a logit or a probability p; of a logit it is computed without
    rounding p.

    Example: `loss income = bce(weight=0.5)`
    """

    predicts = ("Logit", "Prob")
    labels = ("bool",)
