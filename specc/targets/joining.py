"""Several tensors become one."""

from __future__ import annotations

from specc.limits import MAX_WIDTH
from specc.targets.cost import CallShapes, Cost
from specc.targets.target import Precision, Target
from specc.targets.tensor import Tensor
from specc.targets.types import AXIS, Integer, ListOf, Number, Result, Results


def concatenate(call: CallShapes) -> Cost:
    """Side by side on the last axis."""
    return Cost(call.x.as_wide_as(sum(x.width for x in call.inputs)))


def stack(call: CallShapes) -> Cost:
    """One more axis, behind the batch."""
    batch, *rest = call.x.shape
    return Cost(Tensor((batch, len(call.inputs), *rest), call.x.item))


def pad(call: CallShapes) -> Cost:
    """More numbers on the last axis, the same in each row."""
    return Cost(call.x.as_wide_as(call.x.width + sum(call.config["pad_width"][-1])))


def linear(call: CallShapes) -> Cost:
    """Element by element; the gradient of each is that of the result, up to a factor, and reads nothing."""
    return Cost(call.x, elementwise=call.x.size * (len(call.inputs) - 1))


def of_its_inputs(call: CallShapes) -> Cost:
    """Element by element; the gradient reads what came in, and what came of the first two, three, ..."""
    between = max(len(call.inputs) - 2, 0)
    return Cost(call.x, elementwise=call.x.size * (len(call.inputs) - 1), keeps_inputs=True, kept=between * call.x.bytes)


def item(call: CallShapes) -> Cost:
    """One of the tensors that a layer gives: of (batch, several, ...) one (batch, ...)."""
    batch, _, *rest = call.x.shape
    return Cost(Tensor((batch, *rest), call.x.item))


def weighted_sums(call: CallShapes) -> Cost:
    """Values as (batch, e, d), weights as (batch, gates, e), and their product, whose gradient reads both.

    The weights of each gate take their places by a product with ones and zeros, and so do their gradients.
    """
    reads = call.config["reads"]
    gates = len(reads)
    values = call.inputs[:-gates]
    batch, *rest = values[0].shape
    stacked = Tensor((batch, len(values), *rest), call.x.item)
    result = Tensor((batch, gates, *rest), call.x.item)
    spread = Tensor((batch, gates, len(values)), call.x.item)
    return Cost(
        result,
        products=2 * gates * stacked.size,
        elementwise=2 * batch * sum(map(len, reads)) * len(values),
        kept=stacked.bytes + spread.bytes,
    )


def weighted_sum(call: CallShapes) -> Cost:
    """`sum_e weights[:, e] * values[e]`, the weights last among the inputs: a product and a sum for each, which its gradient
    reads.
    """
    *values, _ = call.inputs
    result = values[0]
    return Cost(result, elementwise=2 * result.size * len(values), keeps_inputs=True)


SEVERAL = (Results(),)
TARGETS = (
    Target(
        "keras.ops.concatenate", "function", {"axis": AXIS}, takes=SEVERAL, precision=Precision(promotes=True), cost=concatenate
    ),
    Target("keras.ops.stack", "function", {"axis": AXIS}, takes=SEVERAL, precision=Precision(promotes=True), cost=stack),
    *(Target(f"keras.layers.{name}", "layer", takes=SEVERAL, cost=linear) for name in ("Add", "Average", "Subtract")),
    *(Target(f"keras.layers.{name}", "layer", takes=SEVERAL, cost=of_its_inputs) for name in ("Multiply", "Maximum")),
    Target(
        "keras.ops.pad",
        "function",
        {"pad_width": ListOf(ListOf(Integer(0, MAX_WIDTH))), "constant_values": Number()},
        frozenset({"pad_width"}),
        takes=(Result(),),
        cost=pad,
    ),
    Target("operator.getitem", "function", takes=(Result(), Integer()), cost=item),
    Target(
        "specc.runtime.layers.mixing.WeightedSums",
        "layer",
        {"reads": ListOf(ListOf(Integer()))},
        frozenset({"reads"}),
        takes=(Results(), Results()),
        precision=Precision("bfloat16"),
        cost=weighted_sums,
    ),
    Target(
        "specc.runtime.layers.mixing.WeightedSum",
        "layer",
        takes=(Results(), Result()),
        precision=Precision("bfloat16"),
        cost=weighted_sum,
    ),
)
