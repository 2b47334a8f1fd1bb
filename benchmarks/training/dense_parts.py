"""The dense part of each work in Keras, from looked-up vectors to logits. Keras by hand, keras-rs and the floor share it."""
# mypy: disable-error-code="misc"

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from benchmarks.training.works import Work


def mlp(x: Any, widths: tuple[int, ...], last: str | None = "relu") -> Any:
    """Dense layers; the activation of the last one may differ."""
    for place, width in enumerate(widths, 1):
        x = layers.Dense(width, activation="relu" if place < len(widths) else last)(x)
    return x


def logits(work: Work, vectors: Any, numbers: Any = None) -> Any:
    """(batch, tasks); for a softmax (batch, 1 + negatives), the positive first.

    vectors: one (batch, dim) a table. For a softmax: the pooled history (batch, dim), and the candidates' (batch, dim) and
    (negatives, dim).
    """
    if work.name == "ranking":
        return layers.Dense(1)(mlp(layers.Concatenate()(vectors), work.top))
    if work.name == "dlrm":
        bottom = mlp(numbers, work.bottom)
        pairs = Pairs()([bottom, *vectors])
        return layers.Dense(1)(mlp(layers.Concatenate()([bottom, pairs]), work.top))
    if work.name == "youtube":
        history, positive, negatives = vectors
        query = mlp(history, (*work.top[:-1], work.dim), last=None)
        own = ops.sum(query * positive, axis=1, keepdims=True)
        return ops.concatenate([own, ops.matmul(query, ops.transpose(negatives))], axis=1)
    if work.name == "ple":
        x = layers.Concatenate()(vectors)
        return Ple(work.tasks, work.experts, work.bottom[0], work.top[0])(x)
    raise ValueError(work.name)


def loss_of(work: Work) -> Any:
    """The loss of the logits: the sum over the tasks, mean over rows."""
    if work.negatives:
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return keras.losses.BinaryCrossentropy(from_logits=True)


class Pairs(layers.Layer):
    """Dot products of all pairs of vectors (batch, d): one product of matrices, and a gather of its upper triangle."""

    def call(self, vectors: Any) -> Any:
        """(batch, n (n - 1) / 2)."""
        n = len(vectors)
        stacked = ops.stack(vectors, axis=1)
        products = ops.reshape(ops.matmul(stacked, ops.transpose(stacked, (0, 2, 1))), (-1, n * n))
        rows, columns = np.triu_indices(n, 1)
        return ops.take(products, rows * n + columns, axis=1)


def glorot(shape: tuple[int, ...], dtype: Any = None) -> Any:
    """Glorot uniform of several kernels in one variable (..., inputs, outputs), each with its own fans."""
    limit = float(np.sqrt(6 / (shape[-2] + shape[-1])))
    return keras.random.uniform(shape, -limit, limit, dtype=dtype)


class Ple(layers.Layer):
    """Two levels of progressive layered extraction and the tasks' heads, as few large products: experts that read the same are
    one product, those of the second level a batched one.

    The last group of experts is the shared one. Experts and heads have one hidden layer each.
    """

    def __init__(self, tasks: int, experts: int, width: int, head: int) -> None:
        super().__init__()
        self.tasks, self.experts, self.width, self.head = tasks, experts, width, head

    def build(self, shape: Any) -> None:
        """Kernels by level."""
        t, e, w, h = self.tasks, self.experts, self.width, self.head
        groups = t + 1
        self.kernel_1 = self.add_weight(shape=(groups, e, shape[-1], w), initializer=glorot)
        self.bias_1 = self.add_weight(shape=(groups * e * w,), initializer="zeros")
        self.gates_1 = self.add_weight(shape=(t, shape[-1], 2 * e), initializer=glorot)
        self.shared_gate = self.add_weight(shape=(shape[-1], groups * e), initializer=glorot)
        self.kernel_2 = self.add_weight(shape=(groups, e, w, w), initializer=glorot)
        self.bias_2 = self.add_weight(shape=(groups, 1, e * w), initializer="zeros")
        self.gates_2 = self.add_weight(shape=(t, w, 2 * e), initializer=glorot)
        self.head_kernel = self.add_weight(shape=(t, w, h), initializer=glorot)
        self.head_bias = self.add_weight(shape=(t, 1, h), initializer="zeros")
        self.logit_kernel = self.add_weight(shape=(t, h, 1), initializer=glorot)
        self.logit_bias = self.add_weight(shape=(t, 1, 1), initializer="zeros")

    def call(self, x: Any) -> Any:
        """(batch, n) to logits (batch, tasks)."""
        t, e, w = self.tasks, self.experts, self.width
        groups, inputs = t + 1, x.shape[-1]
        wide = ops.reshape(ops.transpose(self.kernel_1, (2, 0, 1, 3)), (inputs, groups * e * w))
        found = ops.reshape(ops.relu(ops.matmul(x, wide) + self.bias_1), (-1, groups, e, w))
        gates = ops.matmul(x, ops.reshape(ops.transpose(self.gates_1, (1, 0, 2)), (inputs, t * 2 * e)))
        weights = ops.transpose(ops.softmax(ops.reshape(gates, (-1, t, 2 * e))), (1, 0, 2))
        everything = ops.softmax(ops.matmul(x, self.shared_gate))
        shared = ops.einsum("be,bed->bd", everything, ops.reshape(found, (-1, groups * e, w)))
        found = ops.transpose(found, (1, 0, 2, 3))  # groups first, so that what follows is a batched product
        below = ops.concatenate([mixed(weights, found, e), shared[None]], axis=0)
        wide = ops.reshape(ops.transpose(self.kernel_2, (0, 2, 1, 3)), (groups, w, e * w))
        found = ops.relu(ops.matmul(below, wide) + self.bias_2)
        found = ops.reshape(found, (groups, -1, e, w))
        weights = ops.softmax(ops.matmul(below[:t], self.gates_2))
        hidden = ops.relu(ops.matmul(mixed(weights, found, e), self.head_kernel) + self.head_bias)
        return ops.transpose((ops.matmul(hidden, self.logit_kernel) + self.logit_bias)[:, :, 0])

    def compute_output_shape(self, shape: Any) -> Any:
        """(batch, tasks)."""
        return (shape[0], self.tasks)


def mixed(weights: Any, found: Any, experts: int) -> Any:
    """Of each task its own experts and the shared ones by weight: (tasks, batch, 2e), (tasks + 1, batch, e, d) to
    (tasks, batch, d).
    """
    own = ops.einsum("tbe,tbed->tbd", weights[:, :, :experts], found[:-1])
    return own + ops.einsum("tbe,bed->tbd", weights[:, :, experts:], found[-1])
