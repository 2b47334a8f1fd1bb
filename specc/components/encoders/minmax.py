"""`minmax`: 0 to 1."""

from __future__ import annotations

from specc.registry.encoder import NUMBERS, Encoder


class Minmax(Encoder):
    """`(x - low) / (high - low)` with the least and greatest value of the training rows; a constant column gives zeros.

    Values outside (in other rows) are not clipped. Example: `score : float -> minmax`
    """

    takes = NUMBERS | {"text"}
    learned = True
    target = "specc.runtime.features.numeric.MinMax"
