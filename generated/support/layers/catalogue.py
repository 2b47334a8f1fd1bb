"""Columns of the catalogue inside the model, so that a candidate is known by its id alone."""
# mypy: disable-error-code="misc"

from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="specc")
class CatalogueColumn(keras.layers.Layer):
    """Looks up an encoded column of an entity: ids of any shape (...) to (..., *values.shape[1:]), in the dtype of the values.

    Row i of `values` belongs to id i: a category or a number (rows,), a vector (rows, d), a bag padded with -1 (rows, n).
    The values are a weight that is not trained: `.keras` files carry them, the configuration only their shape. Padding,
    any negative id, gets row 0.

    Args:
        values: (rows, ...), integer or float. None makes zeros of `shape` and `values_dtype`, for weights that come later.
        shape, values_dtype: of the values; only needed without them.

    Raises:
        ValueError: neither values nor their shape and dtype, or values that are no numbers.
    """

    carries_data = True

    def __init__(self, values: Any = None, shape: Any = None, values_dtype: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if values is None and (shape is None or values_dtype is None):
            raise ValueError("a catalogue column needs its values, or their shape and dtype")
        array = np.zeros(tuple(shape), values_dtype) if values is None else np.asarray(values)
        if array.ndim < 1 or array.dtype.kind not in "iuf":
            raise ValueError(f"a catalogue column holds numbers, one row an id, not {array.dtype} of shape {array.shape}")
        array = array.astype("float32" if array.dtype.kind == "f" else "int32")
        self.values = self.add_weight(
            name="values",
            shape=array.shape,
            dtype=str(array.dtype),
            initializer=lambda shape, dtype=None: ops.convert_to_tensor(array, dtype),
            trainable=False,
            autocast=False,
        )

    def call(self, ids: Any) -> Any:
        """ids (...), integer, to (..., *values.shape[1:])."""
        return ops.take(self.values, ops.maximum(ids, 0), axis=0)

    def compute_output_spec(self, ids: Any) -> Any:
        """(..., *values.shape[1:]) in the dtype of the values."""
        return keras.KerasTensor((*ids.shape, *self.values.shape[1:]), dtype=self.values.dtype)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes a layer of the same shape of; its values come with the weights."""
        return {**super().get_config(), "shape": list(self.values.shape), "values_dtype": self.values.dtype}
