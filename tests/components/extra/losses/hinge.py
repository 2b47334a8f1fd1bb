from __future__ import annotations

from specc.registry.loss import Pointwise


class Hinge(Pointwise):
    """`max(0, 1 - y s)` for a logit s and a condition y, taken as 1 or -1."""

    target = "keras.losses.Hinge"
    predicts = ("Logit",)
    labels = ("bool",)
