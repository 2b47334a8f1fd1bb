"""FLOPs of matrix products against the graphs that TensorFlow traces: 2 m n k for each product in them, forward and backward."""

from __future__ import annotations

from math import prod
from typing import Any

import pytest
import tensorflow as tf

from specc.analysis.calls import Costed, costs_of
from specc.analysis.gradient import backward
from specc.backends.keras import build_models, find

from .building import FILES, program_of, program_of_text, small

BATCH, BAG = 8, 3


def products_of(graph: Any, results: list[Any]) -> int:
    """FLOPs of the matrix products that some tensors of a graph need."""
    stack, seen, found = [result.op for result in results if result is not None], set(), 0
    while stack:
        op = stack.pop()
        if op.name in seen:
            continue
        seen.add(op.name)
        stack += [tensor.op for tensor in op.inputs] + list(op.control_inputs)
        shapes = [tuple(tensor.shape) for tensor in op.inputs]
        if op.type == "MatMul" and op.inputs[1].op.type == "Const" and not op.get_attr("transpose_a"):
            continue  # by ones and zeros, where weights go: the rules count it with what is elementwise
        if op.type == "MatMul":
            inner = shapes[0][0 if op.get_attr("transpose_a") else 1]
            found += 2 * prod(op.outputs[0].shape) * inner
        elif op.type in ("BatchMatMulV2", "BatchMatMulV3"):
            inner = shapes[0][-2 if op.get_attr("adj_x") else -1]
            found += 2 * prod(op.outputs[0].shape) * inner
        elif op.type == "Einsum":
            terms = op.get_attr("equation").decode().split("->")[0].split(",")
            lengths = {
                letter: n for term, shape in zip(terms, shapes, strict=True) for letter, n in zip(term, shape, strict=True)
            }
            found += 2 * prod(lengths.values()) if len(terms) == 2 else 0
    return found


def traced(program: Any, sizes: dict[str, int]) -> tuple[int, int]:
    """Of the training model's graph, forward, and with the gradients of all weights."""
    models = build_models(program, sizes)
    model, (training,) = models.training, [n for n in program.networks if n.role == "training"]
    specs = {
        one.name: tf.TensorSpec((BATCH, *(BAG if n is None else n for n in one.shape)), one.dtype)
        for one in program.inputs
        if one.name in training.inputs
    }
    losses = {one.name: find(one.target)(**one.config) for one in program.losses}

    @tf.function
    def step(inputs: Any) -> Any:
        with tf.GradientTape() as tape:
            outputs = model(inputs, training=True)
            labels = {name: tf.zeros_like(outputs[name]) for name in losses}
            value = tf.add_n([loss(labels[name], outputs[name]) for name, loss in losses.items()] + model.losses)
        weights = [weight.value for weight in model.trainable_variables]
        gradients = [g.values if isinstance(g, tf.IndexedSlices) else g for g in tape.gradient(value, weights)]
        return value, [g for g in gradients if g is not None]

    graph = step.get_concrete_function(specs).graph
    value, *gradients = graph.outputs
    return products_of(graph, [value]), products_of(graph, [value, *gradients])


def said(program: Any, sizes: dict[str, int]) -> tuple[int, int]:
    """The same by the rules."""
    known = {name: size for name, size in {**program.sizes, **sizes}.items() if size is not None}
    columns = [feature.name for feature in program.data.features]
    calls = [call for call in costs_of(program, known, dict.fromkeys(columns, BAG), BATCH).calls if call.training]
    back = backward(calls)

    def products(call: Costed) -> int:
        return back.flops(call) - call.cost.elementwise if call.name in back.reached else 0

    forward = sum(call.cost.products for call in calls)
    return forward, forward + sum(map(products, calls))


@pytest.mark.parametrize("name", FILES)
def test_of_every_spec(name):
    program, sizes = small(program_of(FILES[name]))
    assert said(program, sizes) == traced(program, sizes)


def test_numbers_by_hand():
    program = program_of_text("""rec 1
model Hand
schema rows {
  v : vector(10)
  c : int -> index(9)
  label y : bool
}
embeddings { dim=4 }
tower deep = [c -> embed, v] -> concat -> dense(6) -> dense(5)
head y = deep -> logit
loss y = bce
""")
    first, second, third = 2 * 8 * 14 * 6, 2 * 8 * 6 * 5, 2 * 8 * 5
    assert said(program, {}) == (first + second + third, 3 * (first + second + third))  # the table needs the input's gradient
    forward, step = said(
        program_of_text("""rec 1
model Hand
schema rows {
  v : vector(10)
  label y : bool
}
head y = v -> dense(6) -> dense(5) -> logit
loss y = bce
"""),
        {},
    )
    assert (forward, step) == (2 * 8 * 60 + second + third, 2 * 2 * 8 * 60 + 3 * (second + third))
