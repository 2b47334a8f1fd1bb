"""Normalizations."""

from __future__ import annotations

from specc.costing.rules import Call, Cost, rule
from specc.costing.tensor import Tensor


@rule("keras.layers.BatchNormalization", "specc.runtime.layers.sequences.MaskedBatchNormalization")
def batch_normalization(call: Call) -> Cost:
    """Scale, shift, and the moving mean and variance; about 7 operations an element, 5 of them for the moments."""
    width = Tensor((call.x.width,))
    return Cost(
        call.x, elementwise=7 * call.x.size, trained=(width, width), fixed=(width, width), keeps_inputs=True, work=call.x.bytes
    )


@rule("keras.layers.LayerNormalization")
def layer_normalization(call: Call) -> Cost:
    """Scale and shift; about 8 operations an element, 5 of them for the moments."""
    width = Tensor((call.x.width,))
    return Cost(call.x, elementwise=8 * call.x.size, trained=(width, width), keeps_inputs=True, work=call.x.bytes)


@rule("keras.layers.UnitNormalization")
def unit_normalization(call: Call) -> Cost:
    """Over the root of the sum of squares: three operations an element."""
    return Cost(call.x, elementwise=3 * call.x.size, keeps_inputs=True, work=call.x.bytes)
