"""Products of tensors with each other."""

from __future__ import annotations

from specc.targets.cost import CallShapes, Cost
from specc.targets.target import PRODUCT, Target
from specc.targets.tensor import Tensor
from specc.targets.types import AXIS, Bool, Result, Results


def dot(call: CallShapes) -> Cost:
    """The dot products of two batches of vectors, row by row."""
    return Cost(Tensor((call.x.shape[0], 1), call.x.item), products=2 * call.x.size, keeps_inputs=True)


def dot_interaction(call: CallShapes) -> Cost:
    """(batch, f, d) to all pairs: every vector with every one is computed, the upper triangle is taken. The gradient of
    the products is symmetric, so one product does for both sides."""
    batch, f, d = call.x.shape
    pairs = f * (f + 1) // 2 if call.config.get("self_pairs") else f * (f - 1) // 2
    return Cost(Tensor((batch, pairs), call.x.item), products=2 * batch * f * f * d, keeps_inputs=True)


TARGETS = (
    Target("keras.layers.Dot", "layer", {"axes": AXIS}, frozenset({"axes"}), takes=(Results(),), precision=PRODUCT, cost=dot),
    Target(
        "specc.runtime.layers.interaction.DotInteraction",
        "layer",
        {"self_pairs": Bool()},
        takes=(Result(),),
        precision=PRODUCT,
        cost=dot_interaction,
    ),
)
