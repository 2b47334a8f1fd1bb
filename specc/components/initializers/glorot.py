"""`glorot`: by the width."""

from __future__ import annotations

from typing import Any

from specc.registry.initializer import Initializer
from specc.registry.word import Bound


class Glorot(Initializer):
    """Glorot & Bengio (2010), evenly between the bounds sqrt(6 / (rows + dim)).

    Example: `embeddings { dim=16, init=glorot }`
    """

    def keras(self, a: Bound) -> tuple[str, dict[str, Any]]:
        """`GlorotUniform`."""
        return "keras.initializers.GlorotUniform", {}
