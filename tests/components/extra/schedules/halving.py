from __future__ import annotations

from specc.registry.arg_types import Float, Int
from specc.registry.building import Config, Object
from specc.registry.component import Arg
from specc.registry.schedule import Schedule


class Halving(Schedule):
    """The learning rate is halved every n steps."""

    learning_rate = Arg(Float(0, open_low=True), doc="the first one")
    every = Arg(Int(1, 10**9), doc="n", named=True)

    def lower(self, a: Config) -> Object:
        return Object(
            "keras.optimizers.schedules.ExponentialDecay",
            initial_learning_rate=a.learning_rate,
            decay_steps=a.every,
            decay_rate=0.5,
            staircase=True,
        )
