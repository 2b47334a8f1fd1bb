"""`standardize`: mean 0, deviation 1."""

from __future__ import annotations

from specc.registry.encoder import NUMBERS, Encoder


class Standardize(Encoder):
    """`(x - mean) / deviation` with the mean and standard deviation of the training rows; a constant column gives zeros.

    Example: `age : float -> standardize`
    """

    takes = NUMBERS | {"text"}
    learned = True
    target = "specc.runtime.features.numeric.Standardize"
