"""Normalizations."""

from __future__ import annotations

from specc.targets.cost import CallShapes, Cost
from specc.targets.target import FLOAT32, Target
from specc.targets.tensor import FLOAT, HALF, Tensor
from specc.targets.types import Number, Result


def batch_normalization(call: CallShapes) -> Cost:
    """Scale, shift, and the moving mean and variance; about 7 operations an element, 5 of them for the moments."""
    width = Tensor((call.x.width,))
    return _normalized(call, 7, trained=(width, width), fixed=(width, width))


def layer_normalization(call: CallShapes) -> Cost:
    """Scale and shift; about 8 operations an element, 5 of them for the moments."""
    width = Tensor((call.x.width,))
    return _normalized(call, 8, trained=(width, width), kept=1)


def unit_normalization(call: CallShapes) -> Cost:
    """Over the root of the sum of squares: three operations an element."""
    return Cost(call.x, elementwise=3 * call.x.size, keeps_inputs=True)


def _normalized(
    call: CallShapes, operations: int, trained: tuple[Tensor, ...], fixed: tuple[Tensor, ...] = (), kept: int = 0
) -> Cost:
    """In float32 whatever comes in: of bfloat16 the gradient reads a copy.

    kept: tensors of the size of x that the gradient reads besides x.
    """
    copied = FLOAT * call.x.size if call.x.item == HALF else 0
    return Cost(
        call.x,
        elementwise=operations * call.x.size,
        trained=trained,
        fixed=fixed,
        keeps_inputs=not copied,
        kept=copied + kept * FLOAT * call.x.size,
    )


ONE = (Result(),)
NORMALIZES = {"momentum": Number(), "epsilon": Number()}
TARGETS = (
    Target("keras.layers.BatchNormalization", "layer", NORMALIZES, takes=ONE, owns_weights=True, cost=batch_normalization),
    Target(
        "specc.runtime.layers.sequences.MaskedBatchNormalization",
        "layer",
        NORMALIZES,
        takes=ONE,
        called_with={"mask": Result()},
        owns_weights=True,
        cost=batch_normalization,
    ),
    Target(
        "keras.layers.LayerNormalization",
        "layer",
        {"epsilon": Number()},
        takes=ONE,
        owns_weights=True,
        cost=layer_normalization,
    ),
    # Sums of many numbers lose digits in bfloat16.
    Target("keras.layers.UnitNormalization", "layer", takes=ONE, precision=FLOAT32, cost=unit_normalization),
)
