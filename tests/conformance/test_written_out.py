"""A library form and the topology that it stands for, written out, are one function."""

from __future__ import annotations

import numpy as np
import pytest

from specc.expansion import expand
from specc.ir.program import Call, Program

from .building import Built, multitask, rows

TASKS = ("a", "b")
X = rows(5)
AB = "tasks=[a, b]"


def calls(program: Program) -> list[Call]:
    """What is called on what, less the declaration that it comes from."""
    return [call.model_copy(update={"section": ""}) for call in program.calls]


def assert_same(one: Built, other: Built) -> None:
    """The same weights by name, shape and initial value; and predictions and gates, bit for bit."""
    before, after = one.weights, other.weights
    assert list(before) == list(after)
    for path, value in before.items():
        np.testing.assert_array_equal(value, after[path], err_msg=path)
    assert one.program.layers == other.program.layers
    for network in ("model", "training", "gates"):
        parts = [getattr(model.models, network) for model in (one, other)]
        assert (parts[0] is None) == (parts[1] is None)
        if parts[0] is not None:
            outputs = [part({"x": X}) for part in parts]
            assert list(outputs[0]) == list(outputs[1])
            for name in outputs[0]:
                np.testing.assert_array_equal(outputs[0][name], outputs[1][name])


FORMS = [
    f"ple({AB}, expert=mlp(4))",
    f"ple({AB}, levels=1, task_experts=2, shared_experts=1, expert=mlp(4), gate=mlp(3), temperature=0.5)",
    f"ple({AB}, levels=3, task_experts=1, shared_experts=2, expert=mlp(6, 4), gate_by=input, gate_metrics=true)",
    f"ple({AB}, levels=2, task_experts=2, shared_experts=0, expert=[mlp(4), dense(4)], gate=mlp(3) -> dense(2))",
    f"cgc({AB}, task_experts=2, shared_experts=3, expert=mlp(4), temperature=2.0, gate_metrics=true)",
    f"cgc({AB}, task_experts=1, shared_experts=1, expert=mlp(8) -> dense(4))",
    f"mmoe({AB}, expert=mlp(4), experts=4, gate=mlp(3))",
    f"mmoe({AB}, expert=[2 * mlp(4), mlp(6, 4)], temperature=0.5, gate_metrics=true)",
    f"shared_bottom({AB}, bottom=mlp(8, 4))",
]


@pytest.mark.parametrize("form", FORMS)
def test_what_expand_prints_is_the_same_function(form: str) -> None:
    model = Built(multitask(form, TASKS, 5))
    text = expand(model.compilation)
    assert form.split("(")[0] + "(" not in text
    again = Built(text)
    assert_same(model, again)
    if not form.startswith("shared_bottom"):  # which becomes a tower of its own, so that its steps have other names
        assert calls(model.program) == calls(again.program)
    assert expand(Built(text).compilation) == text  # nothing is left to expand


def test_expand_keeps_what_stands_around_the_form() -> None:
    text = multitask(f"mlp(6) -> ple({AB}, expert=block_of(4)) -> dense(3, activation=relu)", TASKS, 5).replace(
        "tower mix", "param wide = 4  # of an expert\nblock block_of(x, n) = x -> mlp(n) -> dense(wide)\ntower mix"
    )
    model = Built(text)
    written = expand(model.compilation)
    assert "param wide = 4" in written
    assert "# of an expert" in written
    again = Built(written)
    predictions = [one.models.model({"x": X}) for one in (model, again)]
    assert [value.shape for value in model.weights.values()] == [value.shape for value in again.weights.values()]
    for task in TASKS:
        assert predictions[0][task].shape == predictions[1][task].shape


def test_expand_writes_the_values_that_were_set() -> None:
    text = multitask("topology", TASKS, 5).replace(
        "tower mix", f"param topology = cgc({AB}, expert=mlp(n))\nparam n = 3\ntower mix"
    )
    form = f"ple({AB}, levels=levels, expert=mlp(n))".replace("levels=levels", "levels=2")
    model = Built(text, {"topology": form, "n": "4"})
    written = expand(model.compilation)
    assert written.count("level {") == 2
    assert_same(model, Built(written, {"n": "4"}))


HAND = """experts mix = x {
  level {
    a      : 2 * mlp(4)
    b      : 2 * mlp(4)
    shared : mlp(4)
    gate a      = [a, shared]    -> mixture(mlp(3), temperature=0.5BY)
    gate b      = [b, shared]    -> mixture(mlp(3), temperature=0.5BY)
    gate shared = [a, b, shared] -> mixture(mlp(3), temperature=0.5BY)
  }
  level {
    a      : 2 * mlp(4)
    b      : 2 * mlp(4)
    shared : mlp(4)
    gate a = [a, shared] -> mixture(mlp(3), temperature=0.5BY)
    gate b = [b, shared] -> mixture(mlp(3), temperature=0.5BY)
  }
}
"""


@pytest.mark.parametrize("by", ["", "input", "x"])
def test_ple_by_hand(by: str) -> None:
    option = f", gate_by={'input' if by else 'level'}"
    library = multitask(
        f"ple({AB}, levels=2, task_experts=2, shared_experts=1, expert=mlp(4), gate=mlp(3), temperature=0.5{option})", TASKS, 5
    )
    hand = multitask("", TASKS, 5).replace("tower mix = x -> \n", HAND.replace("BY", f", by={by}" if by else ""))
    assert_same(Built(library), Built(hand))


def test_cgc_and_mmoe_by_hand() -> None:
    cgc = """experts mix = x {
  level {
    a : [mlp(4), mlp(4)]
    b : 2 * mlp(4)
    shared : [2 * mlp(4), mlp(4)]
    gate a = [a, shared]
    gate b = [b, shared]
  }
}
"""
    mmoe = """experts mix = x {
  level {
    shared : 3 * mlp(4)
    gate a = [shared]
    gate b = [shared] -> mixture()
  }
}
"""
    for form, hand in (
        ("cgc({AB}, task_experts=2, shared_experts=3, expert=mlp(4))", cgc),
        ("mmoe({AB}, expert=3 * mlp(4))", mmoe),
    ):
        library = Built(multitask(form.replace("{AB}", AB), TASKS, 5))
        assert_same(library, Built(multitask("", TASKS, 5).replace("tower mix = x -> \n", hand)))


def test_the_order_of_declarations_does_not_matter() -> None:
    text = multitask(f"ple({AB}, expert=mlp(4), gate=mlp(3))", TASKS, 5)
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("tower"))
    turned = "\n".join([*lines[:2], *reversed(lines[start:]), *lines[2:start]]) + "\n"
    one, other = Built(text), Built(turned)
    assert one.weights.keys() == other.weights.keys()
    assert all(np.array_equal(value, other.weights[path]) for path, value in one.weights.items())
