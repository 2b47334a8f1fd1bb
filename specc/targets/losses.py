"""Losses of heads: the cost of a row is small whatever they are."""

from __future__ import annotations

from specc.targets.cost import CallShapes, Cost
from specc.targets.target import Target
from specc.targets.tensor import Tensor
from specc.targets.types import Bool, Choice


def binary_crossentropy(call: CallShapes) -> Cost:
    """About 8 operations a row: max(x, 0) - x y + log(1 + exp(-|x|)), and the weighted mean."""
    return _by_row(call, 8)


def mean_squared_error(call: CallShapes) -> Cost:
    """A difference, its square, and the weighted mean."""
    return _by_row(call, 4)


def per_row(call: CallShapes) -> Cost:
    """The weighted mean."""
    return _by_row(call, 2)


def _by_row(call: CallShapes, operations: int) -> Cost:
    rows = Tensor((call.x.shape[0],))
    return Cost(rows, elementwise=operations * rows.size, keeps_inputs=True, kept=rows.bytes)


REDUCTION = {"reduction": Choice("mean_with_sample_weight")}
TARGETS = (
    Target("keras.losses.BinaryCrossentropy", "loss", {**REDUCTION, "from_logits": Bool()}, cost=binary_crossentropy),
    Target("keras.losses.MeanSquaredError", "loss", REDUCTION, cost=mean_squared_error),
    Target("specc.runtime.layers.losses.PerRow", "loss", cost=per_row),
)
