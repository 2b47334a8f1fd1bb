"""The base of initializers."""

from __future__ import annotations

from specc.registry.building import Config, Object
from specc.registry.component import Component


class Initializer(Component):
    """How the vectors of a table start."""

    def lower(self, a: Config) -> Object:
        """The initializer that Keras calls."""
        raise NotImplementedError
