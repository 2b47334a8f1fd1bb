from __future__ import annotations

from specc.registry.building import Config, Object
from specc.registry.optimizer import Optimizer


class HeavyBall(Optimizer):
    """Gradient descent with a momentum of 0.9."""

    target = "keras.optimizers.SGD"

    def lower(self, a: Config, tables: bool) -> Object:
        made = super().lower(a, tables)
        return Object(made.target, **made.config, momentum=0.9)
