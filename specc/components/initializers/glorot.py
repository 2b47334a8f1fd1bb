"""`glorot`: by the width."""

from __future__ import annotations

from specc.registry.building import Config, Object
from specc.registry.initializer import Initializer


class Glorot(Initializer):
    """Glorot & Bengio (2010), evenly between the bounds sqrt(6 / (rows + dim)).

    Example: `embeddings { dim=16, init=glorot }`
    """

    def lower(self, a: Config) -> Object:
        """`GlorotUniform`."""
        return Object("keras.initializers.GlorotUniform")
