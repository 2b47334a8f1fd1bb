"""Components that become one object."""

from __future__ import annotations

from typing import ClassVar

from specc.registry.building import Config, Object
from specc.registry.component import Component


class Direct(Component):
    """A component that becomes an object of its own: `target`, with all arguments by their names."""

    target: ClassVar[str] = ""

    def lower(self, a: Config) -> Object:
        """The object. Arguments that are None are left out."""
        return Object(self.target, **a.values)
