"""What is measured."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl


@dataclass(frozen=True)
class Measure:
    """A metric of an output of the model, on the rows where the label is there and `where` holds.

    output: whose: a head, or a retrieval loss.
    function: `(labels, predictions, weights) -> float`; with `candidates`, `(ranks, k) -> (rows,)`.
    label: a number or truth value; a row where it is null does not count.
    where: which rows count besides.
    row_weight: how much, at least 0.
    by: a column; the metric is the mean of those of its groups, by the weights of their rows. A group in which it is NaN
        (an AUC without both classes) is left out.
    k: the cut-off of a ranking metric.
    candidates: of a ranking metric, the feature whose id in a row is the one to be found. Out of vocabulary it is a miss.
    seen: of a ranking metric, the feature (a bag of ids) that is taken out of a row's candidates, but for its own.
    better: whether `max` or `min` is good.
    """

    output: str
    function: Callable[..., Any]
    label: pl.Expr | None = None
    where: pl.Expr | None = None
    row_weight: pl.Expr | None = None
    by: str | None = None
    k: int | None = None
    candidates: str | None = None
    seen: str | None = None
    better: str = "max"

    def __post_init__(self) -> None:
        if (self.label is None) == (self.candidates is None) or (self.candidates is None) != (self.k is None):
            raise ValueError("a metric has a label, or candidates and k")
