from __future__ import annotations

from specc.registry.metric import Pointwise
from specc.registry.word import Arg, Float


class Brier(Pointwise):
    """`mean(|p - y| ** power)`."""

    predicts = ("Logit", "Prob")
    labels = ("bool",)
    better = "min"
    target = "extra.scores.brier"
    power = Arg(Float(0), 2.0, "of the difference", named=True)
