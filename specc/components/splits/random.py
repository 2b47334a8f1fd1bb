"""`random`: by chance."""

from __future__ import annotations

from specc.registry.arg_types import Float, Int
from specc.registry.component import Arg, BoundArguments
from specc.registry.data import DataContext, Split


class Random(Split):
    """Rows by chance, in the given shares; the rest is trained on.

    Example: `split = random(valid=0.1, test=0.1)`
    """

    target = "specc.runtime.features.split.random_split"
    valid = Arg(Float(0, 1, open_low=True, open_high=True), 0.1, "share of validation rows", named=True)
    test = Arg(Float(0, 1, open_high=True), 0.1, "share of test rows", named=True)
    seed = Arg(Int(0, 2**31 - 1), 0, "of the chance", named=True)

    def check(self, a: BoundArguments, ctx: DataContext) -> None:
        """The shares leave something."""
        if a.valid + a.test >= 1:
            share = f"valid and test are {a.valid + a.test:g} of the rows"
            ctx.error("REC615", a.span, "nothing is left to train on", share)
