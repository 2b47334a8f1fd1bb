"""Variables and parameters of mixtures, as Merlin Models' `MMOEBlock`, `CGCBlock` and `PLEBlock` have them.

The expected numbers follow from `merlin/models/tf/blocks/experts.py` by hand: an expert is a kernel and a bias, a gate a kernel
without a bias, behind a gate block if there is one. `gate_by=input` is Merlin's rule (every gate reads the first input);
`gate_by=level` is the paper's (Tang et al., RecSys 2020: a gate reads what its own name gave on the level below), so the
gates' kernels above the first level have as many rows as an expert is wide.
"""

from __future__ import annotations

import pytest

from .building import built, multitask

THREE, TWO = ("a", "b", "c"), ("a", "b")
ABC, AB = "tasks=[a, b, c]", "tasks=[a, b], task_experts=2, shared_experts=1, expert=mlp(64)"
MUSIC = f"{ABC}, task_experts=2, shared_experts=3, expert=mlp(64)"  # Merlin's music-streaming test: 83 inputs, 3 tasks


@pytest.mark.parametrize(
    ("topology", "variables", "parameters"),
    [
        (f"mmoe({ABC}, expert=mlp(64), experts=4, gate=mlp(32))", 17, 4 * (83 * 64 + 64) + 3 * (83 * 32 + 32 + 32 * 4)),
        (f"cgc({MUSIC})", 21, 9 * (83 * 64 + 64) + 3 * 83 * 5),
        (f"ple({MUSIC}, levels=2, gate_by=input)", 43, 49_629 + 83 * 9 + 9 * (64 * 64 + 64) + 3 * 83 * 5),
        (f"ple({MUSIC}, levels=2, gate_by=level)", 43, 49_629 + 83 * 9 + 9 * (64 * 64 + 64) + 3 * 64 * 5),
        (
            f"ple({MUSIC}, levels=2, gate=mlp(16), gate_by=input)",
            57,
            9 * 5376 + 9 * 4160 + 7 * (83 * 16 + 16) + 16 * (6 * 5 + 9),
        ),
        (f"ple({MUSIC}, levels=2, gate=mlp(16), gate_by=level)", 57, 95_856 - 3 * (83 - 64) * 16),
    ],
)
def test_music_streaming(topology: str, variables: int, parameters: int) -> None:
    assert built(multitask(topology, THREE, 83)).size_of("mix_") == (variables, parameters)


def test_the_sums_above_are_the_stated_numbers() -> None:
    stated = {
        f"mmoe({ABC}, expert=mlp(64), experts=4, gate=mlp(32))": 29_952,
        f"cgc({MUSIC})": 49_629,
        f"ple({MUSIC}, levels=2, gate_by=input)": 89_061,
        f"ple({MUSIC}, levels=2, gate=mlp(16), gate_by=input)": 95_856,
    }
    assert {text: built(multitask(text, THREE, 83)).size_of("mix_")[1] for text in stated} == stated


@pytest.mark.parametrize(
    ("levels", "by", "variables", "parameters"),
    [
        (1, "input", 12, 3_580),
        (1, "level", 12, 3_580),  # one level: both read the input
        (2, "input", 25, 24_490),  # Merlin
        (2, "level", 25, 24_814),  # the paper
        (3, "input", 38, 45_400),
        (3, "level", 38, 46_318),
    ],
)
def test_two_tasks_by_levels(levels: int, by: str, variables: int, parameters: int) -> None:
    text = multitask(f"ple({AB}, levels={levels}, gate_by={by})", TWO, 10)
    assert built(text).size_of("mix_") == (variables, parameters)


def test_every_gate_has_a_gate_block_of_its_own() -> None:
    # Merlin hands the one `gate_block` object to the shared gates of all levels: 52 variables and 46 800 numbers there. Here a
    # block is copied at each use, whatever the level: 54 and 46 976.
    text = multitask(f"ple({AB}, levels=3, gate=mlp(16), gate_by=input)", TWO, 10)
    assert built(text).size_of("mix_") == (54, 46_976)


def test_one_gate_block_for_all_shared_gates_can_be_asked_for() -> None:
    # A `shared` block has one set of weights for all its uses: Merlin's 52 and 46 800, now in sight.
    level = """  level {
    a : 2 * mlp(64)
    b : 2 * mlp(64)
    shared : mlp(64)
    gate a = [a, shared] -> mixture(mlp(16), by=input)
    gate b = [b, shared] -> mixture(mlp(16), by=input)
"""
    both = "    gate shared = [a, b, shared] -> mixture(common, by=input)\n"
    text = multitask("", TWO, 10).replace(
        "tower mix = x -> \n",
        "shared common(g) = g -> mlp(16)\n" + "experts mix = x {\n" + 2 * (level + both + "  }\n") + level + "  }\n}\n",
    )
    model = built(text)
    variables, numbers = model.size_of("mix_")
    shared_variables, shared_numbers = model.size_of("common_")
    assert (shared_variables, shared_numbers) == (2, 10 * 16 + 16)
    assert (variables + shared_variables, numbers + shared_numbers) == (52, 46_800)


def test_gates_have_as_many_weights_as_they_read_experts() -> None:
    weights = built(multitask(f"ple({MUSIC}, levels=2, gate_by=input)", THREE, 83)).weights
    shapes = {path.removesuffix("_mixture/kernel"): w.shape for path, w in weights.items() if path.endswith("_mixture/kernel")}
    assert shapes == {
        **{f"mix_level_{level}_gate_{task}": (83, 5) for level in (1, 2) for task in THREE},
        "mix_level_1_gate_shared": (83, 9),  # and none on the last level
    }
    assert not any("_mixture/bias" in path for path in weights)
