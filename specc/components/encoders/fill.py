"""`fill`: a value for null."""

from __future__ import annotations

from specc.registry.encoder import Encoder
from specc.registry.word import Arg, Literal


class Fill(Encoder):
    """The value, or the given one where it is null. A nullable feature needs it, or `vocab`.

    Example: `age : int? -> fill(0) -> standardize`
    """

    takes = frozenset({"int", "float", "bool", "string", "text"})
    gives = "same"
    handles_null = True
    target = "specc.runtime.features.numeric.Fill"
    value = Arg(Literal(), doc="what null becomes")
