"""Losses of heads: the cost of a row is small whatever they are."""

from __future__ import annotations

from specc.analysis.rules import Call, Cost, rule
from specc.analysis.tensor import Tensor


@rule("keras.losses.BinaryCrossentropy")
def binary_crossentropy(call: Call) -> Cost:
    """About 8 operations a row: max(x, 0) - x y + log(1 + exp(-|x|)), and the weighted mean."""
    return _by_row(call, 8)


@rule("keras.losses.MeanSquaredError")
def mean_squared_error(call: Call) -> Cost:
    """A difference, its square, and the weighted mean."""
    return _by_row(call, 4)


@rule("specc.runtime.layers.losses.PerRow")
def per_row(call: Call) -> Cost:
    """The weighted mean."""
    return _by_row(call, 2)


def _by_row(call: Call, operations: int) -> Cost:
    rows = Tensor((call.x.shape[0],))
    return Cost(rows, elementwise=operations * rows.size, keeps_inputs=True, kept=rows.bytes)
