"""Adagrad with one sum of squares a row."""
# mypy: disable-error-code="misc"

from typing import Any

import keras
import tensorflow as tf
from keras import ops

from .rows import ByRows, Rows


@keras.saving.register_keras_serializable(package="specc")
class RowwiseAdagrad(ByRows, keras.optimizers.Adagrad):
    """Adagrad that keeps, of a table, one number a row: `a += mean(g^2)`, `w -= learning_rate * g / (sqrt(a) + epsilon)`.

    g (dim,) is the sum of a row's gradients. The slots of a table of `dim` numbers a row take 1 / dim of Adagrad's memory, and
    a step less time. It is FBGEMM's EXACT_ROWWISE_ADAGRAD, the usual choice for large tables (Mudigere et al. 2022,
    "Software-hardware co-design for fast and scalable training of deep learning recommendation models"). Other variables
    follow Adagrad.
    """

    def __init__(
        self, learning_rate: Any = 0.001, initial_accumulator_value: float = 0.0, epsilon: float = 1e-8, **kwargs: Any
    ) -> None:
        super().__init__(learning_rate, initial_accumulator_value, epsilon, **kwargs)

    def table_slot(self, table: Any, name: str | None, initializer: Any) -> Any:
        """A sum for each row: (rows, 1)."""
        return self.add_variable((table.shape[0], 1), initializer, table.dtype, name=f"{table.path.replace('/', '_')}_{name}")

    def formula(self, gradient: Any, table: Rows, learning_rate: Any) -> None:
        """A step on some rows; gradient: (n, dim)."""
        (sums,) = self.slots[self._var_key(table)]
        rate = ops.cast(learning_rate, table.dtype)
        length = tf.math.reduce_euclidean_norm(gradient, axis=-1, keepdims=True)  # one pass, where square and mean are two
        self.assign_add(sums, ops.square(length) / table.shape[-1])
        self.assign_sub(table, gradient * (rate / (ops.sqrt(sums) + self.epsilon)))
