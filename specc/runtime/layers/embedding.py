"""A table of vectors, one row an id."""
# mypy: disable-error-code="misc"

from typing import Any

import keras
import tensorflow as tf
from keras import ops


@keras.saving.register_keras_serializable(package="specc")
class Embedding(keras.layers.Layer):
    """Looks ids up in a table: ids of any shape (...) to vectors (..., dim).

    Padding, any negative id, gathers row 0: a mask beside it says where not to look. An id of `rows` or more is an
    `InvalidArgumentError` on the CPU.

    `l2` adds to the loss, at each call, `l2 / batch * sum(|vector|^2)` over what was looked up, padding left out: the mean
    over the batch of what a row looked up. So only rows in use are drawn to zero, and no step reads the whole table.

    Args:
        rows: number of ids.
        dim: width of a vector.
        initializer: as in Keras; "uniform", the default, is uniform in [-0.05, 0.05].
        l2: factor of the penalty, 0 for none.

    Raises:
        ValueError: `rows` or `dim` below 1, or `l2` below 0.
    """

    def __init__(self, rows: int, dim: int, initializer: Any = "uniform", l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if rows < 1 or dim < 1:
            raise ValueError(f"a table needs at least one row and one column, not {rows} x {dim}")
        if l2 < 0:
            raise ValueError(f"l2 must not be negative, but is {l2}")
        self.rows = rows
        self.dim = dim
        self.initializer = keras.initializers.get(initializer)
        self.l2 = l2

    def build(self, ids_shape: Any) -> None:
        """Makes the table. Without autocast: a cast would read all of it."""
        shape = (self.rows, self.dim)
        self.table = self.add_weight(name="table", shape=shape, initializer=self.initializer, autocast=False)

    def call(self, ids: Any) -> Any:
        """ids (...), integer, to (..., dim)."""
        # `ops.take` would read the variable first, a copy of the table at each step once an optimizer writes single rows.
        vectors = tf.gather(self.table.value, ops.maximum(ids, 0))
        if self.l2:
            squares = ops.where(ids >= 0, ops.sum(ops.square(vectors), axis=-1), 0.0)
            batch = ops.cast(ops.maximum(ops.shape(ids)[0], 1), squares.dtype)
            self.add_loss(self.l2 * ops.sum(squares) / batch)
        return ops.cast(vectors, self.compute_dtype)

    def compute_output_shape(self, ids_shape: Any) -> Any:
        """(...) to (..., dim)."""
        return (*ids_shape, self.dim)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the same layer of."""
        initializer = keras.initializers.serialize(self.initializer)
        return {**super().get_config(), "rows": self.rows, "dim": self.dim, "initializer": initializer, "l2": self.l2}
