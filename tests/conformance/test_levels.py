"""The gates of a level are computed together where that pays, and give what each alone would."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from .building import Built

HEAD = """rec 1
model Levels
schema rows {
  x : vector(4)
  label click : bool
  label buy : bool
}
"""
TAIL = """
head * = mix -> logit
loss * = bce
"""
X = np.random.default_rng(3).normal(size=(6, 4)).astype("float32")


def mixtures(built: Built) -> Counter[str]:
    """How many layers of each kind mix experts."""
    kinds = [type(layer).__name__ for layer in built.models.model.layers]
    return Counter(kind for kind in kinds if kind.startswith("WeightedSum"))


@pytest.mark.parametrize(
    ("experts", "kinds"),
    [
        ("ple(tasks=[click, buy], levels=2, task_experts=2, shared_experts=2, expert=mlp(3))", {"WeightedSums": 2}),
        ("ple(tasks=[click, buy], levels=2, task_experts=1, shared_experts=1, expert=mlp(3))", {"WeightedSum": 5}),
        ("mmoe(tasks=[click, buy], experts=4, expert=mlp(3))", {"WeightedSums": 1}),
        ("mmoe(tasks=[click, buy], experts=3, expert=mlp(3))", {"WeightedSum": 2}),
    ],
    ids=["ple", "small ple", "mmoe", "small mmoe"],
)
def test_as_one_from_eight_weights_on(experts: str, kinds: dict[str, int]) -> None:
    assert mixtures(Built(f"{HEAD}tower mix = x -> {experts}{TAIL}")) == kinds


def test_gates_that_share_nothing_stay_apart() -> None:
    text = f"{HEAD}tower mix = x -> ple(tasks=[click, buy], levels=1, task_experts=6, shared_experts=0, expert=mlp(3)){TAIL}"
    assert mixtures(Built(text)) == {"WeightedSum": 2}


def test_many_gates_over_few_experts_each_stay_apart() -> None:
    tasks = [f"t{number}" for number in range(24)]
    labels = "\n".join(f"  label {task} : bool" for task in tasks)
    text = f"""rec 1
model Many
schema rows {{
  x : vector(4)
{labels}
}}
tower mix = x -> cgc(tasks=[{", ".join(tasks)}], task_experts=1, shared_experts=1, expert=mlp(3)){TAIL}"""
    assert mixtures(Built(text)) == {"WeightedSum": 24}  # 600 weights, of which 48 would not be 0


def test_a_gate_that_reads_another_comes_after_it() -> None:
    built = Built(f"""{HEAD}
tower a = x -> mlp(3)
tower b = x -> mlp(3)
tower c = x -> mlp(3)
tower d = x -> mlp(3)
tower mix = [[a, b, c, d] -> mixture(by=x), a, b, c] -> mixture(by=x)
head click = mix -> logit
head buy   = mix -> logit
loss * = bce
""")
    assert mixtures(built) == {"WeightedSum": 2}


def test_together_they_give_what_the_formula_says() -> None:
    built = Built(f"{HEAD}tower mix = x -> mmoe(tasks=[click, buy], experts=5, expert=mlp(3), temperature=0.5){TAIL}")
    weights = built.shake(4)
    experts = [
        np.maximum(X @ weights[f"{name}/kernel"] + weights[f"{name}/bias"], 0)
        for name in (f"mix_level_1_shared_expert_{number}_mlp_dense" for number in range(1, 6))
    ]
    found = built.read_by({"x": X}, "click_logit", "buy_logit")
    for task, ours in zip(("click", "buy"), found, strict=True):
        scores = np.exp(X @ weights[f"mix_level_1_gate_{task}_mixture/kernel"] / 0.5)
        np.testing.assert_allclose(ours, np.einsum("eb,ebd->bd", (scores / scores.sum(1, keepdims=True)).T, experts), rtol=1e-5)


def test_an_optimizer_of_a_tower_names_only_layers_that_are_there() -> None:
    text = f"{HEAD}tower mix = x -> mmoe(tasks=[click, buy], experts=4, expert=mlp(3)){TAIL}"
    built = Built(text + "train { optimizer = { default: adam(0.01), mix: sgd(0.1) } }\n")
    (group,) = built.program.training.groups
    assert set(group.layers) <= {layer.name for layer in built.program.layers}
    assert "mix_level_1_shared_expert_1_mlp_dense" in group.layers
