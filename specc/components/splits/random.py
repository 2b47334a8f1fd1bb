"""`random`: by chance."""

from __future__ import annotations

from specc.registry.word import Arg, Float, Int, Word


class Random(Word):
    """Rows by chance, in the given shares; the rest is trained on.

    Example: `split = random(valid=0.1, test=0.1)`
    """

    target = "specc.runtime.features.split.random_split"
    valid = Arg(Float(0, 1, open_low=True, open_high=True), 0.1, "share of validation rows", named=True)
    test = Arg(Float(0, 1, open_high=True), 0.1, "share of test rows", named=True)
    seed = Arg(Int(0, 2**31 - 1), 0, "of the chance", named=True)
