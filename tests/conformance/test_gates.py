"""What one level of a mixture computes: gates, copies, fields, and what is reported of the gates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from specc.runtime.training.gates import gate_weights

from .building import Built, built, codes, dense, multitask, relu, rows, softmax

TASKS = ("a", "b")
X = rows(5)


def cgc(options: str = "", nt: int = 2, ns: int = 3, tasks: tuple[str, ...] = TASKS) -> str:
    topology = f"cgc(tasks=[{', '.join(tasks)}], task_experts={nt}, shared_experts={ns}, expert=mlp(4){options})"
    return multitask(topology, tasks, 5)


def experts_of(weights: dict[str, Any], group: str, count: int, level: int = 1) -> Any:
    """The experts' outputs on X, (rows, experts, width)."""
    names = [f"mix_level_{level}_{group}_expert_{i}_mlp_dense" for i in range(1, count + 1)]
    return np.stack([relu(dense(X, weights, name)) for name in names], axis=1)


# 24: softmax over a kernel without a bias, the weighted sum of the experts


@pytest.mark.parametrize("temperature", [1.0, 0.25, 3.0])
@pytest.mark.parametrize("block", [False, True])
def test_a_gate_is_a_softmax_mixture(temperature: float, block: bool) -> None:
    model = Built(cgc(f", temperature={temperature}" + (", gate=mlp(3)" if block else "")))
    weights = model.shake()
    shared = experts_of(weights, "shared", 3)
    for task, field in zip(TASKS, model.read_by({"x": X}, "a_logit", "b_logit"), strict=True):
        experts = np.concatenate([experts_of(weights, task, 2), shared], axis=1)  # its own first, as written
        hidden = relu(dense(X, weights, f"mix_level_1_gate_{task}_gate_mlp_dense")) if block else X
        gate = softmax(hidden @ weights[f"mix_level_1_gate_{task}_mixture/kernel"] / temperature)
        assert field.shape == (7, 4)
        np.testing.assert_allclose(field, (gate[:, :, None] * experts).sum(axis=1), rtol=1e-5, atol=1e-5)


def test_a_kernel_of_zeros_gives_the_mean_of_the_experts() -> None:
    model = Built(cgc(", gate_metrics=true"))
    weights = model.shake()
    model.set(mix_level_1_gate_a_mixture__kernel=np.zeros((5, 5)))
    experts = np.concatenate([experts_of(weights, "a", 2), experts_of(weights, "shared", 3)], axis=1)
    (field,) = model.read_by({"x": X}, "a_logit")
    np.testing.assert_allclose(field, experts.mean(axis=1), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(model.models.gates({"x": X})["mix.level_1.gate_a"], np.full((7, 5), 0.2), rtol=1e-6)


def test_a_high_temperature_is_even_and_a_low_one_chooses() -> None:
    for temperature, expected in ((1e6, np.full((7, 5), 0.2)), (1e-6, None)):
        model = Built(cgc(f", temperature={temperature:.6f}, gate_metrics=true"))
        weights = model.shake()
        logits = X @ weights["mix_level_1_gate_b_mixture/kernel"]
        expected = np.eye(5)[logits.argmax(axis=1)] if expected is None else expected
        np.testing.assert_allclose(model.models.gates({"x": X})["mix.level_1.gate_b"], expected, atol=1e-5)


def test_experts_stand_in_the_order_in_which_they_are_written() -> None:
    # Merlin sorts experts by name as text: `expert_10` before `expert_2`, and `shared/...` before a task `t...`.
    model = Built(cgc(nt=2, ns=12, tasks=("a", "t")))
    weights = model.shake()
    for task, place, group, number in (("a", 2 + 9, "shared", 10), ("t", 1, "t", 2), ("t", 2, "shared", 1)):
        kernel = np.zeros((6, 14))
        kernel[0, place] = 1000.0  # a first input of 1 chooses the expert at this place
        model.set(**{f"mix_level_1_gate_{task}_mixture__kernel": kernel[:5]})
        x = X.copy()
        x[:, 0] = 1.0
        (field,) = model.read_by({"x": x}, f"{task}_logit")
        chosen = relu(dense(x, weights, f"mix_level_1_{group}_expert_{number}_mlp_dense"))
        np.testing.assert_allclose(field, chosen, rtol=1e-5, atol=1e-6)


def test_a_mixture_of_any_expert_layer() -> None:
    # A plain Keras layer as Merlin's `expert_block` silently becomes the identity; here `dense` is a dense layer.
    model = Built(multitask("cgc(tasks=[a, b], expert=dense(4))", TASKS, 5))
    weights = model.shake()
    assert weights["mix_level_1_a_expert_1_dense/kernel"].shape == (5, 4)
    model.set(mix_level_1_gate_a_mixture__kernel=np.zeros((5, 2)))
    (field,) = model.read_by({"x": X}, "a_logit")
    both = [dense(X, weights, f"mix_level_1_{group}_expert_1_dense") for group in ("a", "shared")]
    np.testing.assert_allclose(field, np.mean(both, axis=0), rtol=1e-5, atol=1e-6)


# 30: fields


def test_a_mixture_has_a_field_for_each_task_and_no_other() -> None:
    model = built(cgc())
    assert sorted(model.models.model.output) == ["a", "b"]
    for name in ("shared", "shortcut"):
        text = cgc().replace("head *    = mix -> logit", f"head a = mix.{name} -> logit\nhead b = mix.b -> logit")
        assert codes(text) == ["REC119"]


def test_an_extra_shared_gate_is_written() -> None:
    # CGCBlock(add_shared_gate=True): one more field, over all experts.
    text = multitask("", TASKS, 5).replace(
        "tower mix = x -> \nhead *    = mix -> logit",
        """experts mix = x {
  level {
    a : mlp(4)
    b : mlp(4)
    shared : mlp(4)
    gate a = [a, shared]
    gate b = [b, shared]
    gate shared = [a, b, shared]
  }
}
head a = mix.a -> logit
head b = [mix.b, mix.shared] -> concat -> logit""",
    )
    model = built(text)
    assert model.weights["mix_level_1_gate_shared_mixture/kernel"].shape == (5, 3)
    assert model.weights["b_logit/kernel"].shape == (8, 1)


# 31: copies


def test_experts_are_copies_with_weights_of_their_own() -> None:
    model = Built(cgc())
    weights = model.weights
    kernels = [w for path, w in weights.items() if "_expert_" in path and path.endswith("kernel")]
    assert len(kernels) == 2 * 2 + 3
    assert len({kernel.tobytes() for kernel in kernels}) == len(kernels)  # not even the same initial values
    before = model.models.model({"x": X})
    model.set(mix_level_1_a_expert_1_mlp_dense__kernel=np.ones((5, 4)))
    after, changed = model.models.model({"x": X}), model.weights
    assert not np.allclose(before["a"], after["a"])
    np.testing.assert_array_equal(before["b"], after["b"])
    name = "mix_level_1_a_expert_1_mlp_dense/kernel"
    assert all(np.array_equal(weights[path], changed[path]) for path in weights if path != name)


# 32: what is reported of the gates


def test_gate_metrics_of_mmoe() -> None:
    text = multitask("mmoe(tasks=[a, b, c], expert=4 * mlp(4), gate=mlp(3), gate_metrics=true)", ("a", "b", "c"), 5)
    model = built(text)
    reported = gate_weights(model.models.gates, {"x": X})
    assert list(reported) == [f"mix.level_1.gate_{task}.weight_{i}" for task in "abc" for i in range(4)]
    for task in "abc":
        values = [reported[f"mix.level_1.gate_{task}.weight_{i}"] for i in range(4)]
        assert sum(values) == pytest.approx(1.0, abs=1e-6)
        hidden = relu(dense(X, model.weights, f"mix_level_1_gate_{task}_gate_mlp_dense"))
        gate = softmax(hidden @ model.weights[f"mix_level_1_gate_{task}_mixture/kernel"])
        np.testing.assert_allclose(values, gate.mean(axis=0), atol=1e-6)


def test_gate_metrics_of_ple_name_the_level_and_cover_shared_gates() -> None:
    # In Merlin the levels of a stack write to the same names, and the last one wins.
    topology = "ple(tasks=[a, b], levels=2, task_experts=2, shared_experts=1, expert=mlp(4), gate_metrics=true)"
    reported = gate_weights(built(multitask(topology, TASKS, 5)).models.gates, {"x": X})
    gates = {"mix.level_1.gate_a": 3, "mix.level_1.gate_b": 3, "mix.level_1.gate_shared": 5}
    gates |= {"mix.level_2.gate_a": 3, "mix.level_2.gate_b": 3}
    assert sorted(reported) == sorted(f"{gate}.weight_{i}" for gate, size in gates.items() for i in range(size))
    for gate, size in gates.items():
        assert sum(reported[f"{gate}.weight_{i}"] for i in range(size)) == pytest.approx(1.0, abs=1e-6)


def test_nothing_is_reported_unless_asked() -> None:
    assert built(cgc()).models.gates is None


# 33: names of tasks


def test_a_task_whose_name_begins_with_that_of_another() -> None:
    # Merlin picks a task's experts by `startswith`, so `like` would also get those of `like2`.
    tasks = ("like", "like2", "shared")
    topology = "ple(tasks=[like, like2, shared], levels=2, task_experts=2, shared_experts=1, expert=mlp(4), gate_by=input)"
    model = Built(multitask(topology, tasks, 5))
    weights = model.weights
    for level in (1, 2):
        assert {weights[f"mix_level_{level}_gate_{task}_mixture/kernel"].shape for task in tasks} == {(5, 3)}
    before = model.models.model({"x": X})
    for path in weights:
        if path.startswith("mix_level_1_like2_"):
            model.set(**{path.replace("/", "__"): weights[path] + 1.0})
    after = model.models.model({"x": X})
    assert not np.allclose(before["like2"], after["like2"])
    # `like` sees the experts of `like2` only through the shared gate of level 1; without it not at all
    single = Built(multitask(topology.replace("levels=2", "levels=1"), tasks, 5))
    first = single.models.model({"x": X})
    for path, value in single.weights.items():
        if path.startswith("mix_level_1_like2_"):
            single.set(**{path.replace("/", "__"): value + 1.0})
    second = single.models.model({"x": X})
    np.testing.assert_array_equal(first["like"], second["like"])
    np.testing.assert_array_equal(first["shared"], second["shared"])
    assert not np.allclose(first["like2"], second["like2"])
