"""`uniform`: between two bounds."""

from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.building import Config, Object
from specc.registry.component import Arg
from specc.registry.initializer import Initializer


class Uniform(Initializer):
    """Evenly between -limit and limit.

    Example: `embeddings { movie_id(dim=64, init=uniform(0.05)) }`
    """

    limit = Arg(Float(0, open_low=True), 0.05, "the greatest absolute value")

    def lower(self, a: Config) -> Object:
        """`RandomUniform`."""
        return Object("keras.initializers.RandomUniform", minval=-a.limit, maxval=a.limit)
