"""Any topology that can be written computes what its text says: random ones against the interpreter of `topologies.py`."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .building import Built, codes, rows, sigmoid
from .topologies import Block, Gate, Level, Topology

WIDTH = 3
X = rows(WIDTH, 5)
widths = st.integers(1, 4)
activations = st.sampled_from(["relu", "tanh", "linear"])


@st.composite
def blocks(draw: Any, last: int | None = None) -> Block:
    """A block; with `last` one that ends with this width."""
    inner = tuple(draw(st.lists(widths, min_size=1, max_size=2)))
    if last is None:
        return Block(inner, draw(activations))
    if draw(st.booleans()):
        return Block(inner, draw(activations), last)
    return Block((*inner[:-1], last), draw(activations))


@st.composite
def topologies(draw: Any) -> Topology:
    """1 to 3 levels of 1 to 3 groups, with a gate for each group of the level above; every group is read by a gate."""
    names = ["a", "b", "shared"][: draw(st.integers(1, 3))]
    depth = draw(st.integers(1, 3))
    levels = []
    record = draw(st.booleans())
    for number in range(depth):
        width = draw(widths)  # of all experts of a level, as its gates may read any of them
        groups = {}
        for name in names:
            group = draw(st.lists(st.tuples(st.integers(1, 3), blocks(last=width)), min_size=1, max_size=2))
            groups[name] = group
        gates = {}
        left = set(names)
        outputs = names if number < depth - 1 else [name for name in names if name != "shared"]
        for place, name in enumerate(outputs):
            reads = draw(st.lists(st.sampled_from(names), min_size=1, max_size=len(names), unique=True))
            left -= set(reads)
            if place == len(outputs) - 1:
                reads = [*reads, *sorted(left)]  # no group may stay unread
            stopped = frozenset(draw(st.sets(st.sampled_from(reads), max_size=1)))
            gates[name] = Gate(
                tuple(reads),
                stopped,
                draw(st.none() | blocks()),
                draw(st.sampled_from([1.0, 0.25, 4.0])),
                "level" if record else draw(st.sampled_from(["level", "input"])),
            )
        levels.append(Level(groups, gates))
    return Topology(levels, {name: draw(widths) for name in names} if record else {})


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(topologies(), st.integers(0, 3))
def test_the_model_is_the_interpreter(topology: Topology, seed: int) -> None:
    model = Built(topology.spec(WIDTH))
    weights = model.shake(seed)
    expected, shares = topology.run(X.astype("float64"), weights)
    for share in shares.values():
        np.testing.assert_allclose(share.sum(axis=1), 1.0)
    fields = model.read_by({"x": X}, *(f"{task}_logit" for task in topology.tasks))
    predictions = model.models.model({"x": X})
    for task, value in zip(topology.tasks, fields, strict=True):
        np.testing.assert_allclose(value, expected[task], rtol=1e-4, atol=1e-5)
        logit = expected[task] @ weights[f"{task}_logit/kernel"] + weights[f"{task}_logit/bias"]
        np.testing.assert_allclose(predictions[task], sigmoid(logit), rtol=1e-4, atol=1e-5)
    reached(topology, model)


def reached(topology: Topology, model: Built) -> None:
    """A task's loss reaches exactly the weights that the text says, and not what it reads through `stop_gradient`.

    Where `relu` passes nothing on for some weights, it does for others.
    """
    variables = model.models.training.trainable_variables
    taught: dict[str, set[str]] = {task: set() for task in topology.tasks}
    expected = {
        task: {path for path in model.weights if path.startswith((*topology.taught_by(task), f"{task}_logit"))}
        for task in topology.tasks
    }
    for seed in range(60):
        if taught == expected:
            break
        model.shake(seed)
        with tf.GradientTape(persistent=True) as tape:
            outputs = model.models.training({"x": X})
        for task in topology.tasks:
            gradients = tape.gradient(outputs[task], [variable.value for variable in variables])
            taught[task] |= {v.path for v, g in zip(variables, gradients, strict=True) if g is not None and np.any(g)}
    assert taught == expected


def test_stop_gradient_keeps_a_task_from_teaching_the_experts_of_another() -> None:
    # STEM (Su et al., AAAI 2024): all experts are read, only one's own and the shared ones are taught.
    one = [(1, Block((2,)))]
    gates = {
        "a": Gate(("a", "b", "shared"), frozenset({"b"})),
        "b": Gate(("b", "a", "shared"), frozenset({"a"})),
    }
    topology = Topology([Level({"a": one, "b": one, "shared": one}, gates)])
    assert topology.taught_by("a") == {"mix_level_1_gate_a_", "mix_level_1_a_expert_", "mix_level_1_shared_expert_"}
    reached(topology, Built(topology.spec(WIDTH)))


def test_a_group_that_no_gate_reads_is_refused() -> None:
    one = [(1, Block((2,)))]
    topology = Topology([Level({"a": one, "b": one}, {"a": Gate(("a",))})])
    assert codes(topology.spec(WIDTH)) == ["REC132"]
