"""A whole PLE, step by step in NumPy from the weights of the built model, in both rules of what a gate reads.

The NumPy side follows `CGCBlock.call` and `PLEBlock` of `merlin/models/tf/blocks/experts.py` (gates on the first input: the
`shortcut` that Merlin hands from level to level), and with `gate_by=level` the PLE paper (Tang et al., RecSys 2020).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .building import Built, dense, multitask, relu, rows, sigmoid, softmax

TASKS = ("click", "like", "share")
X = rows(5, 9)


def progressive_layered_extraction(
    x: Any, weights: dict[str, Any], levels: int, nt: int, ns: int, blocks: int, temperature: float, by: str
) -> dict[str, Any]:
    """The tasks' values (rows, width); a gate block has `blocks` dense layers."""
    below = dict.fromkeys((*TASKS, "shared"), x)
    for level in range(1, levels + 1):
        prefix = f"mix_level_{level}"

        def experts(group: str, count: int, prefix: str = prefix, below: dict[str, Any] = below) -> list[Any]:
            return [relu(dense(below[group], weights, f"{prefix}_{group}_expert_{i}_mlp_dense")) for i in range(1, count + 1)]

        def gate(name: str, mixed: list[Any], prefix: str = prefix, below: dict[str, Any] = below) -> Any:
            hidden = x if by == "input" else below[name]
            for layer in range(1, blocks + 1):
                tail = f"_{layer}" if blocks > 1 else ""
                hidden = relu(dense(hidden, weights, f"{prefix}_gate_{name}_gate_mlp_dense{tail}"))
            gates = softmax(hidden @ weights[f"{prefix}_gate_{name}_mixture/kernel"] / temperature)
            return sum(gates[:, i, None] * expert for i, expert in enumerate(mixed))

        own = {task: experts(task, nt) for task in TASKS}
        shared = experts("shared", ns)
        values = {task: gate(task, own[task] + shared) for task in TASKS}
        if level < levels:
            values["shared"] = gate("shared", [e for task in TASKS for e in own[task]] + shared)
        below = values
    return below


@pytest.mark.parametrize("by", ["input", "level"])
@pytest.mark.parametrize(
    ("levels", "nt", "ns", "blocks", "temperature"), [(2, 2, 1, 1, 0.5), (2, 1, 11, 0, 1.0), (3, 1, 2, 2, 2.0)]
)
def test_forward(by: str, levels: int, nt: int, ns: int, blocks: int, temperature: float) -> None:
    gate = f"gate=mlp({', '.join(['3', '6'][:blocks])})," if blocks else ""
    text = multitask(
        f"ple(tasks=[click, like, share], levels={levels}, task_experts={nt}, shared_experts={ns}, expert=mlp(4), {gate}"
        f" temperature={temperature}, gate_by={by})",
        TASKS,
        5,
        "mlp(3) -> logit",
    )
    model = Built(text)
    weights = model.shake(levels)
    expected = progressive_layered_extraction(X.astype("float64"), weights, levels, nt, ns, blocks, temperature, by)
    fields = model.read_by({"x": X}, *(f"{task}_mlp_dense" for task in TASKS))
    predictions = model.models.model({"x": X}, training=False)
    for task, field in zip(TASKS, fields, strict=True):
        np.testing.assert_allclose(field, expected[task], rtol=1e-5, atol=1e-5)
        tower = relu(dense(expected[task], weights, f"{task}_mlp_dense"))
        probability = sigmoid(dense(tower, weights, f"{task}_logit"))
        np.testing.assert_allclose(predictions[task], probability, rtol=1e-5, atol=1e-5)


def test_the_two_rules_differ_above_the_first_level_only() -> None:
    shape = "tasks=[click, like, share], task_experts=1, shared_experts=1, expert=mlp(5)"  # as wide as the input: same shapes
    for levels in (1, 2):
        outputs = []
        for by in ("input", "level"):
            model = Built(multitask(f"ple({shape}, levels={levels}, gate_by={by})", TASKS, 5))
            model.shake(3)
            outputs.append(model.models.model({"x": X})["like"])
        assert np.allclose(*outputs) == (levels == 1)


def test_the_default_is_the_paper() -> None:
    shape = "tasks=[click, like, share], levels=2, expert=mlp(4)"
    plain, paper = (Built(multitask(f"ple({shape}{by})", TASKS, 5)) for by in ("", ", gate_by=level"))
    assert plain.program.calls == paper.program.calls


def test_one_level_is_a_cgc_with_the_same_weights() -> None:
    shape = "tasks=[click, like, share], task_experts=2, shared_experts=3, expert=mlp(4), gate=mlp(3), temperature=0.7"
    models = [Built(multitask(f"{form}({shape}{more})", TASKS, 5)) for form, more in (("cgc", ""), ("ple", ", levels=1"))]
    one, other = (model.weights for model in models)
    assert list(one) == list(other)
    assert all(np.array_equal(one[path], other[path]) for path in one)
    outputs = [model.models.model({"x": X}) for model in models]
    assert all(np.array_equal(outputs[0][task], outputs[1][task]) for task in TASKS)


@pytest.mark.parametrize("form", ["mmoe", "cgc", "ple"])
def test_a_single_task(form: str) -> None:
    # Merlin's one-target output does not unpack the record of a mixture, and fails.
    model = Built(multitask(f"{form}(tasks=[click], expert=2 * mlp(4))", ("click",), 5))
    weights = model.shake()
    (field,) = model.read_by({"x": X}, "click_logit")
    prediction = model.models.model({"x": X})["click"]
    np.testing.assert_allclose(prediction, sigmoid(dense(field, weights, "click_logit")), rtol=1e-5)
    before = model.weights
    model.compile("sgd").fit({"x": X}, {"click": (X[:, :1] > 0).astype("float32")}, verbose=0)
    assert all(not np.array_equal(before[path], after) for path, after in model.weights.items() if "logit" in path)
