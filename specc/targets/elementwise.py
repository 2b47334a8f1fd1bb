"""What acts on each element alone."""

from __future__ import annotations

from specc.targets.cost import CallShapes, Cost
from specc.targets.target import FLOAT32, Precision, Target
from specc.targets.tensor import FLOAT, HALF, Tensor
from specc.targets.types import AXIS, Choice, Number, Result


def with_a_number(call: CallShapes) -> Cost:
    """A tensor and a plain number: an operation an element, and nothing to keep."""
    return Cost(call.x, elementwise=call.x.size)


def of_its_result(call: CallShapes) -> Cost:
    """Its gradient reads its result. A softmax takes about 3 operations an element: exp, sum and quotient."""
    return Cost(call.x, elementwise=call.x.size * (3 if "axis" in call.config else 1), keeps_result=True)


def cast(call: CallShapes) -> Cost:
    """A copy in the type of its second argument; no arithmetic."""
    (dtype,) = call.rest
    return Cost(Tensor(call.x.shape, HALF if dtype == "bfloat16" else FLOAT))


def stop_gradient(call: CallShapes) -> Cost:
    """No way back."""
    return Cost(call.x, passes_gradient=False)


def ones_like(call: CallShapes) -> Cost:
    """Reads nothing but the shape."""
    return Cost(call.x, passes_gradient=False)


def dropout(call: CallShapes) -> Cost:
    """Draws a number for each element, keeps a truth value of each for the gradient; without a rate the value itself."""
    if not call.config.get("rate"):
        return Cost(call.x)
    mask = Tensor(call.x.shape, 1)
    return Cost(call.x, elementwise=3 * call.x.size, kept=mask.bytes)


ONE = (Result(),)
TARGETS = (
    *(
        Target(f"keras.ops.{name}", "function", takes=(Result(), Number()), cost=with_a_number)
        for name in ("add", "multiply", "divide")
    ),
    Target("keras.ops.sigmoid", "function", takes=ONE, cost=of_its_result),
    # The weights of gates.
    Target("keras.ops.softmax", "function", {"axis": AXIS}, takes=ONE, precision=Precision(exact=True), cost=of_its_result),
    Target("keras.ops.cast", "function", takes=(Result(), Choice("float32", "bfloat16")), cost=cast),
    Target("keras.ops.stop_gradient", "function", takes=ONE, cost=stop_gradient),
    # It reads no values, so it asks nothing of what it reads.
    Target("keras.ops.ones_like", "function", takes=ONE, precision=Precision(reads_exact=False), cost=ones_like),
    # Keras draws in the type of what it reads: of 128 numbers in bfloat16, so that a rate of 0.01 would be one of 2/128.
    Target(
        "keras.layers.Dropout", "layer", {"rate": Number()}, frozenset({"rate"}), takes=ONE, precision=FLOAT32, cost=dropout
    ),
)
