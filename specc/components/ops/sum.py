"""`sum`: the sum of several."""

from __future__ import annotations

from specc.registry.reducing import Reducing


class Sum(Reducing):
    """The sum, element by element over a list; of a single sequence over its steps (padding left out; empty gives zeros),
    of a stack over its rows.

    Example: `tower pooled = [wide, deep] -> sum`
    """

    function = "sum"
    joined = "Add"
    masked = "MaskedSum"
    combiner = "sum"
    scales = ("Logit", "Real")
