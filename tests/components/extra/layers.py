"""What the components of this folder call in a network, and in its training."""
# mypy: disable-error-code="misc"

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from specc.runtime.layers.pool_mean import PoolMean
from specc.runtime.training.balancing import Balancer


@keras.saving.register_keras_serializable(package="extra")
class Stretch(keras.layers.Layer):
    """Each number of the last axis times one of its own, learned from 1."""

    def build(self, shape: Any) -> None:
        self.factors = self.add_weight(name="factors", shape=(shape[-1],), initializer="ones")

    def call(self, x: Any) -> Any:
        return x * self.factors


@keras.saving.register_keras_serializable(package="extra")
class PooledHinge(PoolMean):
    """The mean of max(0, margin - (s+ - s-)) over the negatives that a row sees."""

    def __init__(self, *args: Any, margin: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.margin = margin

    def row_losses(self, own: Any, pool: Any, hidden: Any) -> Any:
        return self.mean(ops.relu(self.margin - (ops.expand_dims(own, 1) - pool)), hidden)


class First(keras.layers.Layer):
    """The first n ids, always."""

    def __init__(self, n: int, low: int, high: int, ids: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.found = np.arange(low, high, dtype="int32")[:n] if ids is None else np.asarray(ids, "int32")[:n]

    def sample(self) -> Any:
        return ops.convert_to_tensor(self.found)

    def inclusion(self, ids: Any, rows: Any) -> Any:
        return ops.cast(ops.any(ops.expand_dims(ids, -1) == self.found, axis=-1), "float32")


class Mean(Balancer):
    """The mean of the weighted losses, times a learned factor that starts at 1."""

    def __init__(self, names: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.names = names
        self.factor = self.add_weight(name="factor", shape=(), initializer="ones")
        self.built = True

    def total(self, losses: Any, weights: Any) -> Any:
        return self.factor * sum(losses[name] * weights[name] for name in self.names) / len(self.names)
