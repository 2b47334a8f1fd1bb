from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.component import Arg
from specc.registry.metric import Pointwise


class Brier(Pointwise):
    """`mean(|p - y| ** power)`."""

    predicts = ("Logit", "Prob")
    labels = ("bool",)
    better = "min"
    target = "extra.scores.brier"
    power = Arg(Float(0), 2.0, "of the difference", named=True)
