"""Products of tensors with each other."""

from __future__ import annotations

from math import prod

from specc.analysis.rules import Call, Cost, rule
from specc.analysis.tensor import Tensor


@rule("keras.layers.Dot")
def dot(call: Call) -> Cost:
    """The dot products of two batches of vectors, row by row."""
    return Cost(Tensor((call.x.shape[0], 1), call.x.item), products=2 * call.x.size, keeps_inputs=True)


@rule("specc.runtime.layers.interaction.DotInteraction")
def dot_interaction(call: Call) -> Cost:
    """(batch, f, d) to all pairs: every vector with every one is computed, the upper triangle is taken. The gradient of
    the products is symmetric, so one product does for both sides."""
    batch, f, d = call.x.shape
    products = Tensor((batch, f, f), call.x.item)
    pairs = f * (f + 1) // 2 if call.config.get("self_pairs") else f * (f - 1) // 2
    return Cost(
        Tensor((batch, pairs), call.x.item),
        products=2 * products.size * d,
        keeps_inputs=True,
        work=products.bytes,
        back_work=2 * products.bytes
        + Tensor((batch, pairs), call.x.item).bytes,  # the gradient of all products, transposed too
    )


@rule("keras.ops.einsum")
def einsum(call: Call) -> Cost:
    """2 FLOPs for each value that the letters can take together; the first argument says the axes: `be,bed->bd`."""
    (axes,) = call.rest
    terms, _, out = axes.partition("->")
    lengths = {
        letter: length
        for term, tensor in zip(terms.split(","), call.inputs, strict=True)
        for letter, length in zip(term, tensor.shape, strict=True)
    }
    return Cost(Tensor(tuple(lengths[letter] for letter in out)), products=2 * prod(lengths.values()), keeps_inputs=True)
