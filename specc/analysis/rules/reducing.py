"""An axis goes."""

from __future__ import annotations

from specc.analysis.rules import Call, Cost, rule
from specc.analysis.tensor import Tensor


@rule("keras.ops.sum", "keras.ops.mean")
def linear(call: Call) -> Cost:
    """Over an axis; the gradient is spread again."""
    return Cost(_without_axis(call), elementwise=call.x.size)


@rule("keras.ops.max")
def greatest(call: Call) -> Cost:
    """Over an axis; the gradient looks for where the greatest was."""
    return Cost(_without_axis(call), elementwise=call.x.size, keeps_inputs=True, keeps_result=True, back_work=call.x.size)


@rule("keras.ops.expand_dims")
def expand_dims(call: Call) -> Cost:
    """A view with one more axis at the end."""
    return Cost(Tensor((*call.x.shape, 1), call.x.item), view=True, in_place=True)


def _without_axis(call: Call) -> Tensor:
    shape = list(call.x.shape)
    axis = call.config["axis"] % len(shape)
    shape[axis : axis + 1] = [1] if call.config.get("keepdims") else []
    return Tensor(tuple(shape), call.x.item)
