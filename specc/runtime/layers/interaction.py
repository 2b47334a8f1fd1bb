"""Dot products of features with each other."""
# mypy: disable-error-code="misc"

from typing import Any

import keras
import numpy as np
import tensorflow as tf


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
        """x (batch, f, d) to (batch, pairs).

        The matrix of products is symmetric, and so is its gradient: one product of matrices instead of two, and pairs are put
        into it as whole rows. So a step takes a third of the time of a gather and its gradient.
        """
        f, first = x.shape[1], 0 if self.self_pairs else 1
        rows, columns = np.triu_indices(f, k=first)
        place = np.full((f, f), len(rows))  # of a pair; the last one is of zeros
        place[rows, columns] = place[columns, rows] = np.arange(len(rows))
        times = np.where(rows == columns, 2, 1)

        def pairs(x: Any) -> Any:
            def gradient(upstream: Any) -> Any:
                by_pair = tf.pad(tf.transpose(upstream * tf.cast(times, upstream.dtype)), [[0, 1], [0, 0]])
                both = tf.transpose(tf.gather(by_pair, place.reshape(-1)))
                return tf.matmul(tf.reshape(both, (-1, f, f)), x)

            products = tf.matmul(x, x, transpose_b=True)
            return tf.concat([products[:, i, i + first :] for i in range(f)], axis=1), gradient

        return tf.custom_gradient(pairs)(x)

    def compute_output_shape(self, x_shape: Any) -> Any:
        """(batch, pairs)."""
        f = x_shape[1]
        return (x_shape[0], f * (f + 1) // 2 if self.self_pairs else f * (f - 1) // 2)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the same layer of."""
        return {**super().get_config(), "self_pairs": self.self_pairs}
