"""`mean`: the mean of several."""

from __future__ import annotations

from specc.registry.reducing import Reducing


class Mean(Reducing):
    """The mean, element by element over a list; of a single sequence over its steps (padding left out; empty gives zeros),
    of a stack over its rows.

    Example: `tower pooled = watched -> embed -> mean`
    """

    function = "mean"
    joined = "Average"
    masked = "MaskedMean"
    combiner = "mean"
    scales = ("Logit", "Prob", "Real")
