"""`uniform`: between two bounds."""

from __future__ import annotations

from typing import Any

from specc.registry.initializer import Initializer
from specc.registry.word import Arg, Bound, Float


class Uniform(Initializer):
    """Evenly between -limit and limit.

    Example: `embeddings { movie_id(dim=64, init=uniform(0.05)) }`
    """

    limit = Arg(Float(0, open_low=True), 0.05, "the greatest absolute value")

    def keras(self, a: Bound) -> tuple[str, dict[str, Any]]:
        """`RandomUniform`."""
        return "keras.initializers.RandomUniform", {"minval": -a.limit, "maxval": a.limit}
