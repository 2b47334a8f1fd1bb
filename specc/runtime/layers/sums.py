"""Sums of vectors by place."""
# mypy: disable-error-code="misc"

from typing import Any

import tensorflow as tf


def sparse_ones(rows: Any, columns: Any, shape: Any, dtype: Any) -> Any:
    """A matrix with 1 at (rows[i], columns[i]), added up where a place repeats. rows (m,) must not fall; shape: two numbers."""
    entries = tf.stack([tf.cast(rows, tf.int64), tf.cast(columns, tf.int64)], axis=1)
    size = tf.stack([tf.cast(number, tf.int64) for number in shape])
    return tf.raw_ops.SparseTensorToCSRSparseMatrix(indices=entries, values=tf.ones(tf.shape(rows), dtype), dense_shape=size)


def transposed_product(matrix: Any, vectors: Any) -> Any:
    """The transpose of a sparse matrix (n, m) times vectors (n, dim): (m, dim).

    To transpose is a counting sort, and then rows are added up in parallel; `transpose_a=True` would add them by columns.
    """
    transposed = tf.raw_ops.SparseMatrixTranspose(input=matrix, type=vectors.dtype)
    return tf.raw_ops.SparseMatrixMatMul(a=transposed, b=vectors)


def sums_by_place(vectors: Any, places: Any, count: Any) -> Any:
    """`out[places[i]] += vectors[i]`, in the order of i: vectors (n, dim) to (count, dim), zeros where nothing is added.

    Half the time of `tf.math.unsorted_segment_sum`.
    """
    n = tf.size(places)
    return transposed_product(sparse_ones(tf.range(n), places, (n, count), vectors.dtype), vectors)


def pooled_sums(vectors: Any, places: Any, rows: Any, count: Any) -> Any:
    """`out[rows[i]] += vectors[places[i]]`: vectors (n, dim) to (count, dim), zeros for a row of nothing.

    rows (m,) must not fall. The gradient of `tf.sparse.segment_sum` would take twice the time. And behind `tf.unique` and
    `tf.gather` TensorFlow replaces that by one that reads the whole table, a copy of it in each step (SimplifyEmbeddingLookup
    in its arithmetic optimizer).
    """

    def pool(vectors: Any) -> Any:
        def matrix() -> Any:  # made in each direction, for a saved model cannot hold a gradient that reads a sparse matrix
            return sparse_ones(rows, places, (count, tf.shape(vectors)[0]), vectors.dtype)

        sums = tf.raw_ops.SparseMatrixMatMul(a=matrix(), b=vectors)
        return sums, lambda upstream: transposed_product(matrix(), upstream)

    return tf.custom_gradient(pool)(vectors)
