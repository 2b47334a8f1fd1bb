"""The base of learning-rate schedules."""

from __future__ import annotations

from specc.registry.building import Config, Object
from specc.registry.component import BoundArguments, Component
from specc.registry.reporter import Reporter


class Schedule(Component):
    """How a learning rate goes with the steps: it stands where an optimizer takes a number."""

    def refuses(self, a: BoundArguments, reporter: Reporter) -> bool:
        """Whether arguments that are good by themselves are not good together; reports why."""
        return False

    def lower(self, a: Config) -> Object:
        """The schedule that Keras asks at each step."""
        raise NotImplementedError
