"""A gate over a single expert: its weight is 1, whatever it reads, so that the model has neither kernel nor softmax for it."""

from __future__ import annotations

import warnings
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from specc.backends.python.package import print_package
from specc.expansion import expand
from specc.runtime.training.gates import gate_weights

from .building import Built, codes, dense, multitask, relu, rows

X = rows(5)
TASKS = ("a", "b")
OPTIONS = "gate=mlp(3), temperature=0.5"
FORMS = {
    "library": multitask(f"mmoe(tasks=[a, b], expert=mlp(4), experts=1, {OPTIONS})", TASKS, 5),
    "written": multitask("", TASKS, 5).replace(
        "tower mix = x -> \n",
        """experts mix = x {
  level {
    shared : mlp(4)
    gate a = [shared] -> mixture(mlp(3), temperature=0.5)
    gate b = [shared]
  }
}
""",
    ),
    "operator": multitask("{a: [y] -> mixture(mlp(3), by=x), b: [y] -> mixture(by=x)}", TASKS, 5)
    .replace("x -> {", "{")
    .replace("tower mix", "shared experts_of(v) = v -> mlp(4)\ntower y = x -> experts_of\ntower mix"),
}


def generated(model: Built) -> Any:
    """`model.py` of its package, with the library's own run time as `support`."""
    text = print_package(model.program, "single")["single/model.py"].replace("from support.", "from specc.runtime.")
    module = ModuleType("generated_single_expert")
    exec(compile(text, module.__name__, "exec"), module.__dict__)  # our own output
    return module


@pytest.mark.parametrize("form", FORMS)
def test_a_single_expert_is_the_result_itself(form: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Keras warns of a softmax over an axis of size 1
        model = Built(FORMS[form])
        weights = model.shake()
        fields = model.read_by({"x": X}, "a_logit", "b_logit")
        printed = generated(model).build_models()
    assert len(weights) == 2 + 2 * 2  # the expert and two heads; a gate and its block would have more
    (expert,) = {path.split("/")[0] for path in weights} - {"a_logit", "b_logit"}
    for field in fields:
        np.testing.assert_allclose(field, relu(dense(X, weights, expert)), rtol=1e-5, atol=1e-6)
    assert [(v.path, v.shape) for v in printed.training.trainable_variables] == [(p, w.shape) for p, w in weights.items()]
    for variable in printed.training.trainable_variables:
        variable.assign(weights[variable.path])
    for task in TASKS:
        np.testing.assert_array_equal(printed.model({"x": X})[task], model.models.model({"x": X})[task])


def test_the_library_form_and_what_it_expands_to_are_one_model() -> None:
    model = Built(FORMS["library"])
    again = Built(expand(model.compilation))
    assert model.weights.keys() == again.weights.keys()
    assert model.program.calls == again.program.calls


@pytest.mark.parametrize("expert", ["mlp(4)", "dense(1)"])
def test_its_weight_is_reported_as_one(expert: str) -> None:
    model = Built(
        multitask(f"cgc(tasks=[a, b], task_experts=1, shared_experts=0, expert={expert}, gate_metrics=true)", TASKS, 5)
    )
    found = gate_weights(model.models.gates, {"x": X})
    assert found == {f"mix.level_1.gate_{task}.weight_0": 1.0 for task in TASKS}
    printed = generated(model).build_models()
    np.testing.assert_array_equal(printed.gates({"x": X})["mix.level_1.gate_a"], np.ones((7, 1)))


def test_the_weight_of_a_single_sequence_is_one_a_row() -> None:
    text = multitask("", TASKS, 5).replace(
        "tower mix = x -> \n",
        "tower v   = s -> dense(4)\ntower mix = {a: [v] -> mixture(by=x, gate_metrics=true) -> mean, b: x}\n",
    )
    model = Built(text.replace("  x :", "  s : seq(float, 3) -> fill(0)\n  x :"))
    inputs = {"x": X, "s": np.arange(21, dtype="float32").reshape(7, 3)}
    (weights,) = model.models.gates(inputs).values()
    np.testing.assert_array_equal(weights, np.ones((7, 1)))


def test_the_block_of_a_gate_that_is_not_made_is_checked_all_the_same() -> None:
    wrong = FORMS["library"].replace("gate=mlp(3)", "gate=mpl(3)")
    assert codes(wrong) == ["REC120"]
    wrong = FORMS["written"].replace("temperature=0.5", "temperature=-1")
    assert codes(wrong) == ["REC308"]
