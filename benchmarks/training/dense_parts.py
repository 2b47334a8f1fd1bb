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
        return ple(work, layers.Concatenate()(vectors))
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


def ple(work: Work, x: Any) -> Any:
    """Progressive layered extraction and the heads: (batch, n) to (batch, tasks). The last group of experts is shared."""
    groups = [x] * (work.tasks + 1)
    for level in range(work.levels):
        found = [[mlp(group, work.bottom) for _ in range(work.experts)] for group in groups]
        above = [mixed(group, own + found[-1]) for group, own in zip(groups[:-1], found[:-1], strict=True)]
        if level < work.levels - 1:
            above.append(mixed(groups[-1], [expert for own in found for expert in own]))
        groups = above
    return layers.Concatenate()([layers.Dense(1)(mlp(group, work.top)) for group in groups])


def mixed(by: Any, experts: list[Any]) -> Any:
    """The experts (batch, d) by a softmax gate that reads `by`."""
    weights = layers.Dense(len(experts), use_bias=False, activation="softmax")(by)
    return ops.einsum("be,bed->bd", weights, ops.stack(experts, axis=1))
