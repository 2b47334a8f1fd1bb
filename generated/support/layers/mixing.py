"""Sums of several tensors with weights that differ from row to row."""
# mypy: disable-error-code="misc"

from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="specc")
class WeightedSum(keras.layers.Layer):
    """`sum_e weights[:, e] * values[e]`: what a softmax gate makes of its experts.

    A product and a sum cost a fraction of the `einsum` over stacked values: its batched matrices are of one row each.
    """

    def call(self, values: Any, weights: Any) -> Any:
        """values: e tensors (batch, ...) of one shape, weights (batch, e), to (batch, ...)."""
        ones = (1,) * (len(values[0].shape) - 1)
        parts = ops.split(weights, len(values), axis=-1)
        return sum(value * ops.reshape(part, (-1, *ones)) for value, part in zip(values, parts, strict=True))

    def compute_output_spec(self, values: Any, weights: Any) -> Any:
        """The shape of one value."""
        return keras.KerasTensor(values[0].shape, dtype=self.compute_dtype)


@keras.saving.register_keras_serializable(package="specc")
class WeightedSums(keras.layers.Layer):
    """Several weighted sums over the same values as one batched product: what the gates of a level make of its experts.

    reads: for each sum the places of its values. A value that a sum does not read has weight 0 there.
    """

    def __init__(self, reads: list[list[int]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reads = reads

    def call(self, values: Any, weights: Any) -> Any:
        """values: e tensors (batch, ...) of one shape; weights: (batch, n) for each sum. To a tensor (batch, ...) for each."""
        shape = ops.shape(values[0])
        stacked = ops.stack([ops.reshape(value, (shape[0], -1)) for value in values], axis=1)
        places = [np.eye(len(values), dtype=self.compute_dtype)[read] for read in self.reads]
        spread = ops.stack([ops.matmul(one, place) for one, place in zip(weights, places, strict=True)], axis=1)
        return [ops.reshape(one, shape) for one in ops.unstack(ops.matmul(spread, stacked), len(self.reads), axis=1)]

    def compute_output_spec(self, values: Any, weights: Any) -> Any:
        """The shape of one value, for each sum."""
        return [keras.KerasTensor(values[0].shape, dtype=self.compute_dtype) for _ in weights]

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "reads": self.reads}
