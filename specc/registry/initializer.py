"""The base of initializers."""

from __future__ import annotations

from typing import Any

from specc.registry.word import Bound, Word


class Initializer(Word):
    """How the vectors of a table start."""

    def keras(self, a: Bound) -> tuple[str, dict[str, Any]]:
        """The Keras initializer and its arguments."""
        raise NotImplementedError
