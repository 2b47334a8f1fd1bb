"""The base of task balancers."""

from __future__ import annotations

from typing import ClassVar

from specc.registry.building import Config, Object
from specc.registry.component import Component


class Balancer(Component):
    """How losses, each with its `weight`, make the one that is minimized; without a balancer it is their weighted sum.

    `target` is what the training model asks in each step; it is made with the names of the losses and the balancer's arguments.
    """

    target: ClassVar[str] = ""

    def lower(self, a: Config, losses: list[str]) -> Object:
        """The object that the training model holds."""
        return Object(self.target, names=losses, **a.values)
