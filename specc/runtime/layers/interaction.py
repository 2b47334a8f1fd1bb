"""Dot products of features with each other."""
# mypy: disable-error-code="misc"

from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="specc")
class DotInteraction(keras.layers.Layer):
    """The dot products of all pairs of vectors: (batch, f, d) to (batch, f * (f - 1) / 2) [Naumov et al. 2019].

    Pairs stand in row-major order of the upper triangle: (0, 1), (0, 2), ..., (0, f-1), (1, 2), ...

    Args:
        self_pairs: a vector also meets itself, (0, 0), (0, 1), ..., (1, 1), ...: f * (f + 1) / 2 products.
    """

    def __init__(self, self_pairs: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.self_pairs = self_pairs

    def call(self, x: Any) -> Any:
        """x (batch, f, d) to (batch, pairs)."""
        f = x.shape[1]
        first, second = np.triu_indices(f, k=0 if self.self_pairs else 1)
        products = ops.matmul(x, ops.transpose(x, (0, 2, 1)))
        return ops.take(ops.reshape(products, (-1, f * f)), first * f + second, axis=1)

    def compute_output_shape(self, x_shape: Any) -> Any:
        """(batch, pairs)."""
        f = x_shape[1]
        return (x_shape[0], f * (f + 1) // 2 if self.self_pairs else f * (f - 1) // 2)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the same layer of."""
        return {**super().get_config(), "self_pairs": self.self_pairs}
