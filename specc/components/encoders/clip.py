"""`clip`: between two bounds."""

from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.component import Arg, BoundArguments
from specc.registry.encoder import NUMBERS, Encoder, EncoderContext


class Clip(Encoder):
    """The value, or the bound that it is beyond.

    Example: `count : int -> clip(0, 1_000) -> log1p`
    """

    takes = NUMBERS | {"text"}
    target = "specc.runtime.features.numeric.Clip"
    low = Arg(Float(), doc="the least value")
    high = Arg(Float(), doc="the greatest value")

    def check(self, a: BoundArguments, ctx: EncoderContext) -> bool:
        """The bounds stand in their order."""
        if a.low >= a.high:
            message = f"`{self.name}` needs a low bound below the high one"
            ctx.error("REC428", a.at("low"), message, f"{a.low:g} is not below {a.high:g}")
            return False
        return True
