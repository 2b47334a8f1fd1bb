"""`max`: the greatest of several."""

from __future__ import annotations

from specc.registry.reducing import Reducing


class Max(Reducing):
    """The greatest, element by element over a list; of a single sequence over its steps (padding left out; empty gives
    zeros), of a stack over its rows.

    Example: `tower pooled = watched -> embed -> max`
    """

    function = "max"
    joined = "Maximum"
    masked = "MaskedMax"
    scales = ("Logit", "Prob", "Real")
