"""The base of learning-rate schedules."""

from __future__ import annotations

from specc.registry.building import Config, Object
from specc.registry.reporter import Reporter
from specc.registry.word import Bound, Word


class Schedule(Word):
    """How a learning rate goes with the steps: it stands where an optimizer takes a number."""

    def refuses(self, a: Bound, reporter: Reporter) -> bool:
        """Whether arguments that are good by themselves are not good together; reports why."""
        return False

    def lower(self, a: Config) -> Object:
        """The schedule that Keras asks at each step."""
        raise NotImplementedError
