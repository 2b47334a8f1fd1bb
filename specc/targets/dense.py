"""Affine maps and their activations."""

from __future__ import annotations

from specc.limits import MAX_WIDTH
from specc.targets.cost import CallShapes, Cost
from specc.targets.target import PRODUCT, Target
from specc.targets.tensor import HALF, Tensor
from specc.targets.types import Bool, Choice, Integer, Result

# For each activation of Keras: whether its gradient reads its result, and how many other tensors of that size, such as the sum
# before it (tf.nn's gradients; what is composed of several operations, as gelu, keeps the operands of each).
ACTIVATIONS: dict[str | None, tuple[bool, int]] = {
    None: (False, 0),
    "linear": (False, 0),
    "relu": (True, 0),
    "tanh": (True, 0),
    "sigmoid": (True, 0),
    "exponential": (True, 0),
    "elu": (True, 0),
    "selu": (True, 0),
    "leaky_relu": (False, 1),
    "silu": (False, 1),
    "swish": (False, 1),
    "softplus": (False, 1),
    "softsign": (False, 1),
    "hard_sigmoid": (False, 1),
    "mish": (False, 2),
    "gelu": (False, 3),
}


def dense(call: CallShapes) -> Cost:
    """activation(x W + b) on the last axis: 2 m n k for the product, n for the bias, n for the activation."""
    units, activation = call.config["units"], call.config.get("activation")
    bias = call.config.get("use_bias", True)
    result = call.x.as_wide_as(units)
    keeps_result, others = ACTIVATIONS[activation]
    weights = (Tensor((call.x.width, units)), *((Tensor((units,)),) if bias else ()))
    cast = sum(weight.size for weight in weights) * result.item if result.item == HALF else 0  # the gradient reads it again
    return Cost(
        result,
        products=2 * result.size * call.x.width,
        elementwise=result.size * (bool(bias) + (activation not in (None, "linear"))),
        trained=weights,
        keeps_inputs=True,
        keeps_result=keeps_result,
        kept=others * result.bytes + cast,
    )


TARGETS = (
    Target(
        "keras.layers.Dense",
        "layer",
        {"units": Integer(1, MAX_WIDTH), "activation": Choice(*(name for name in ACTIVATIONS if name)), "use_bias": Bool()},
        required=frozenset({"units"}),
        takes=(Result(),),
        owns_weights=True,
        precision=PRODUCT,
        cost=dense,
    ),
)
