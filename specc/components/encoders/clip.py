"""`clip`: between two bounds."""

from __future__ import annotations

from specc.registry.encoder import NUMBERS, Encoder
from specc.registry.word import Arg, Float


class Clip(Encoder):
    """The value, or the bound that it is beyond.

    Example: `count : int -> clip(0, 1_000) -> log1p`
    """

    takes = NUMBERS | {"text"}
    target = "specc.runtime.features.numeric.Clip"
    low = Arg(Float(), doc="the least value")
    high = Arg(Float(), doc="the greatest value")
