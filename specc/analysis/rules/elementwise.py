"""What acts on each element alone."""

from __future__ import annotations

from specc.analysis.rules import Call, Cost, rule
from specc.analysis.tensor import FLOAT, HALF, Tensor


@rule("keras.ops.add", "keras.ops.multiply", "keras.ops.divide")
def with_a_number(call: Call) -> Cost:
    """A tensor and a plain number: an operation an element, and nothing to keep."""
    return Cost(call.x, elementwise=call.x.size, in_place=True)


@rule("keras.ops.sigmoid", "keras.ops.softmax")
def of_its_result(call: Call) -> Cost:
    """Its gradient reads its result. A softmax takes about 3 operations an element: exp, sum and quotient."""
    return Cost(call.x, elementwise=call.x.size * (3 if "axis" in call.config else 1), keeps_result=True, in_place=True)


@rule("keras.ops.cast")
def cast(call: Call) -> Cost:
    """A copy in the type of its second argument; no arithmetic."""
    (dtype,) = call.rest
    return Cost(Tensor(call.x.shape, HALF if dtype == "bfloat16" else FLOAT))


@rule("keras.ops.stop_gradient")
def stop_gradient(call: Call) -> Cost:
    """The same memory, and no way back."""
    return Cost(call.x, view=True, passes_gradient=False)


@rule("keras.ops.ones_like")
def ones_like(call: Call) -> Cost:
    """Reads nothing but the shape."""
    return Cost(call.x, passes_gradient=False)


@rule("keras.layers.Dropout")
def dropout(call: Call) -> Cost:
    """Draws a number for each element, keeps a truth value of each for the gradient; without a rate the value itself."""
    if not call.config.get("rate"):
        return Cost(call.x, view=True, in_place=True)
    mask = Tensor(call.x.shape, 1)
    return Cost(call.x, elementwise=3 * call.x.size, kept=mask.bytes, work=call.x.bytes, in_place=True)
