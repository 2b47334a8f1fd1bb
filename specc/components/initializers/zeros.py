"""`zeros`: nothing yet."""

from __future__ import annotations

from specc.registry.building import Config, Object
from specc.registry.initializer import Initializer


class Zeros(Initializer):
    """All zeros, as for a bias.

    Example: `embeddings bias { dim=1, init=zeros }`
    """

    def lower(self, a: Config) -> Object:
        """`Zeros`."""
        return Object("keras.initializers.Zeros")
