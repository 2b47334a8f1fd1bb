"""`zeros`: nothing yet."""

from __future__ import annotations

from typing import Any

from specc.registry.initializer import Initializer
from specc.registry.word import Bound


class Zeros(Initializer):
    """All zeros, as for a bias.

    Example: `embeddings bias { dim=1, init=zeros }`
    """

    def keras(self, a: Bound) -> tuple[str, dict[str, Any]]:
        """`Zeros`."""
        return "keras.initializers.Zeros", {}
