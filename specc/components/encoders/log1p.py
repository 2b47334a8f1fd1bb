"""`log1p`: the logarithm of one more."""

from __future__ import annotations

from specc.registry.encoder import NUMBERS, Encoder


class Log1p(Encoder):
    """`log(1 + x)`. A value of -1 or less is an error in the data.

    Example: `price : float -> log1p -> standardize`
    """

    takes = NUMBERS | {"text"}
    target = "specc.runtime.features.numeric.Log1p"
