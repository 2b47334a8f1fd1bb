"""Sequences with padding."""

from __future__ import annotations

from specc.targets.cost import CallShapes, Cost
from specc.targets.target import FLOAT32, Precision, Target
from specc.targets.tensor import Tensor
from specc.targets.types import Result


def padding_mask(call: CallShapes) -> Cost:
    """A truth value for each step."""
    return Cost(Tensor(call.x.shape, 1), elementwise=call.x.size, passes_gradient=False)


def fill_padding(call: CallShapes) -> Cost:
    """A choice for each element; the gradient reads the mask."""
    return Cost(call.x, elementwise=call.x.size)


def masked_sum(call: CallShapes) -> Cost:
    """(batch, n, d) to (batch, d): a choice and a sum."""
    return Cost(_pooled(call), elementwise=2 * call.x.size)


def masked_max(call: CallShapes) -> Cost:
    """(batch, n, d) to (batch, d): the gradient looks for where the greatest was."""
    return Cost(_pooled(call), elementwise=2 * call.x.size, keeps_result=True, kept=call.x.bytes)


def _pooled(call: CallShapes) -> Tensor:
    batch, _, width = call.x.shape
    return Tensor((batch, width), call.x.item)


ONE, MASKED = (Result(),), (Result(), Result())
HERE = "specc.runtime.layers.sequences"
TARGETS = (
    Target(f"{HERE}.PaddingMask", "layer", takes=ONE, precision=Precision("none"), cost=padding_mask),
    Target(f"{HERE}.FillPadding", "layer", takes=MASKED, cost=fill_padding),
    # Sums of many numbers lose digits in bfloat16, and a number of steps beyond 256 is none of it.
    *(
        Target(f"{HERE}.{name}", "layer", takes=MASKED, precision=FLOAT32, cost=masked_sum)
        for name in ("MaskedSum", "MaskedMean", "MaskedSqrtN")
    ),
    Target(f"{HERE}.MaskedMax", "layer", takes=MASKED, cost=masked_max),
)
