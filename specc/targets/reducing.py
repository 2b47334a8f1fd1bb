"""An axis goes."""

from __future__ import annotations

from specc.targets.cost import CallShapes, Cost
from specc.targets.target import FLOAT32, Target
from specc.targets.tensor import Tensor
from specc.targets.types import AXIS, Bool, Result


def linear(call: CallShapes) -> Cost:
    """Over an axis; the gradient is spread again."""
    return Cost(_without_axis(call), elementwise=call.x.size)


def greatest(call: CallShapes) -> Cost:
    """Over an axis; the gradient looks for where the greatest was."""
    return Cost(_without_axis(call), elementwise=call.x.size, keeps_inputs=True, keeps_result=True)


def expand_dims(call: CallShapes) -> Cost:
    """One more axis at the end; no arithmetic."""
    return Cost(Tensor((*call.x.shape, 1), call.x.item))


def _without_axis(call: CallShapes) -> Tensor:
    shape = list(call.x.shape)
    axis = call.config["axis"] % len(shape)
    shape[axis : axis + 1] = [1] if call.config.get("keepdims") else []
    return Tensor(tuple(shape), call.x.item)


REDUCES = {"axis": AXIS, "keepdims": Bool()}
ONE = (Result(),)
NEEDS = frozenset({"axis"})
# Sums of many numbers lose digits in bfloat16, and a number of steps beyond 256 is none of it.
TARGETS = (
    *(
        Target(f"keras.ops.{name}", "function", REDUCES, NEEDS, takes=ONE, precision=FLOAT32, cost=linear)
        for name in ("sum", "mean")
    ),
    Target("keras.ops.max", "function", REDUCES, NEEDS, takes=ONE, cost=greatest),
    Target("keras.ops.expand_dims", "function", {"axis": AXIS}, NEEDS, takes=ONE, cost=expand_dims),
)
