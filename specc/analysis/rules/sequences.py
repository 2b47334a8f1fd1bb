"""Sequences with padding."""

from __future__ import annotations

from specc.analysis.rules import Call, Cost, rule
from specc.analysis.tensor import Tensor


@rule("specc.runtime.layers.sequences.PaddingMask")
def padding_mask(call: Call) -> Cost:
    """A truth value for each step."""
    return Cost(Tensor(call.x.shape, 1), elementwise=call.x.size, passes_gradient=False)


@rule("specc.runtime.layers.sequences.FillPadding")
def fill_padding(call: Call) -> Cost:
    """A choice for each element; the gradient reads the mask."""
    return Cost(call.x, elementwise=call.x.size, in_place=True)


@rule(
    "specc.runtime.layers.sequences.MaskedSum",
    "specc.runtime.layers.sequences.MaskedMean",
    "specc.runtime.layers.sequences.MaskedSqrtN",
)
def masked_sum(call: Call) -> Cost:
    """(batch, n, d) to (batch, d): a choice and a sum."""
    return Cost(_pooled(call), elementwise=2 * call.x.size, work=call.x.bytes, back_work=call.x.bytes)


@rule("specc.runtime.layers.sequences.MaskedMax")
def masked_max(call: Call) -> Cost:
    """(batch, n, d) to (batch, d): the gradient looks for where the greatest was."""
    return Cost(_pooled(call), elementwise=2 * call.x.size, keeps_result=True, kept=call.x.bytes, back_work=call.x.bytes)


def _pooled(call: Call) -> Tensor:
    batch, _, width = call.x.shape
    return Tensor((batch, width), call.x.item)
