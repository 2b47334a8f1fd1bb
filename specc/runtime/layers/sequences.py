"""Sequences with padding: which steps are real, and what a row's real steps come to."""
# mypy: disable-error-code="misc"

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="specc")
class PaddingMask(keras.layers.Layer):
    """Where a sequence (batch, n) holds a value: True where an integer id is 0 or more, or where a number is not NaN."""

    def call(self, values: Any) -> Any:
        """values (batch, n), integer or float, to bool (batch, n)."""
        if keras.backend.is_float_dtype(keras.backend.standardize_dtype(values.dtype)):
            return ops.logical_not(ops.isnan(values))
        return values >= 0

    def compute_output_spec(self, values: Any) -> Any:
        """The shape that came in, as bool."""
        return keras.KerasTensor(values.shape, dtype="bool")


def fill_padding(x: Any, mask: Any, value: float = 0.0) -> Any:
    """`x` (batch, n, d) with `value` where `mask` (batch, n) is False; selects, so that NaN does not get through."""
    return ops.where(ops.expand_dims(mask, -1), x, ops.cast(value, x.dtype))


def count_steps(x: Any, mask: Any) -> Any:
    """The number of real steps in each row of `mask` (batch, n), at least 1, as (batch, 1) in the dtype of `x`."""
    return ops.maximum(ops.sum(ops.cast(mask, x.dtype), axis=1, keepdims=True), ops.cast(1, x.dtype))


@keras.saving.register_keras_serializable(package="specc")
class FillPadding(keras.layers.Layer):
    """Writes 0 over the padding of (batch, n, d), so that what comes next may compute with it (NaN times 0 is NaN)."""

    def call(self, x: Any, mask: Any) -> Any:
        """x (batch, n, d) and mask (batch, n) to (batch, n, d)."""
        return fill_padding(x, mask)

    def compute_output_shape(self, x_shape: Any, mask_shape: Any = None) -> Any:
        """The shape of `x`."""
        return x_shape


@keras.saving.register_keras_serializable(package="specc")
class MaskedSum(keras.layers.Layer):
    """The sum of a row's real steps; zeros for an empty sequence. Padding is not read."""

    def call(self, x: Any, mask: Any) -> Any:
        """x (batch, n, d) and mask (batch, n) to (batch, d)."""
        return ops.sum(fill_padding(x, mask), axis=1)

    def compute_output_shape(self, x_shape: Any, mask_shape: Any = None) -> Any:
        """(batch, d)."""
        return (x_shape[0], x_shape[2])


@keras.saving.register_keras_serializable(package="specc")
class MaskedMean(keras.layers.Layer):
    """The mean of a row's real steps; zeros for an empty sequence. Padding is neither read nor counted."""

    def call(self, x: Any, mask: Any) -> Any:
        """x (batch, n, d) and mask (batch, n) to (batch, d)."""
        return ops.sum(fill_padding(x, mask), axis=1) / count_steps(x, mask)

    def compute_output_shape(self, x_shape: Any, mask_shape: Any = None) -> Any:
        """(batch, d)."""
        return (x_shape[0], x_shape[2])


@keras.saving.register_keras_serializable(package="specc")
class MaskedSqrtN(keras.layers.Layer):
    """The sum of a row's m real steps over sqrt(m); zeros for an empty sequence. Padding is neither read nor counted."""

    def call(self, x: Any, mask: Any) -> Any:
        """x (batch, n, d) and mask (batch, n) to (batch, d)."""
        return ops.sum(fill_padding(x, mask), axis=1) / ops.sqrt(count_steps(x, mask))

    def compute_output_shape(self, x_shape: Any, mask_shape: Any = None) -> Any:
        """(batch, d)."""
        return (x_shape[0], x_shape[2])


@keras.saving.register_keras_serializable(package="specc")
class MaskedMax(keras.layers.Layer):
    """The largest value of a row's real steps in each dimension; zeros for an empty sequence. Padding is not read."""

    def call(self, x: Any, mask: Any) -> Any:
        """x (batch, n, d) and mask (batch, n) to (batch, d)."""
        largest = ops.max(fill_padding(x, mask, -float("inf")), axis=1)
        return ops.where(ops.any(mask, axis=1, keepdims=True), largest, ops.zeros_like(largest))

    def compute_output_shape(self, x_shape: Any, mask_shape: Any = None) -> Any:
        """(batch, d)."""
        return (x_shape[0], x_shape[2])


@keras.saving.register_keras_serializable(package="specc")
class MaskedBatchNormalization(keras.layers.BatchNormalization):
    """Keras' own, which does not count padding, on (batch, n, d) and mask (batch, n); padding must be finite.

    Keras would tie the mask to what comes out, for layers behind to find. Here masks are given to those that want them.
    """

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """None: what comes out carries no mask."""
        return None
