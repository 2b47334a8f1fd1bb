"""Sums of several tensors with weights that differ from row to row."""
# mypy: disable-error-code="misc"

from typing import Any

import keras
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
