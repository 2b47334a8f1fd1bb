"""The sampled softmax of a spec: pools, accidental hits, temperature, samplers and the correction for sampling.

Where Merlin's formula is stated (`merlin/models/tf/outputs/contrastive.py` and `outputs/sampling/popularity.py`) and is kept,
ours must give its numbers; where it is not kept, the test says what is different and why.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from .building import Built, codes
from .youtube import ITEMS, SPEC, batch

HIDDEN = -1e9


@lru_cache(maxsize=16)
def youtube(negatives: str = "log_uniform(10)", temperature: str = "1.0", logq: bool = False, items: int = ITEMS) -> Built:
    start, end = SPEC.index("negatives="), SPEC.index("metrics {")
    option = f"negatives={negatives}, temperature={temperature}" + (", logq=true" if logq else "")
    text = f"{SPEC[:start]}{option})\n{SPEC[end:]}".replace("index(101)", f"index({items})")
    unused = ("param logits_temperature", "param num_sampled", "param min_sampled_id")
    return Built("\n".join(line for line in text.splitlines() if not line.startswith(unused)) + "\n")


def softmax_of(model: Built) -> Any:
    return model.models.training.get_layer("watch_softmax")


def drawn(model: Built, draws: Any) -> Any:
    """The model's softmax layer, whose sampler always draws the same ids."""
    layer = softmax_of(model)
    layer.samplers[0].sample = lambda: np.asarray(draws, "int32")
    return layer


def samples(layer: Any, count: int) -> Any:
    """As many samples of a sampler, (count, n)."""

    def one(_: Any) -> Any:
        return layer.sample()

    draw = tf.function(lambda: tf.map_fn(one, tf.range(count), fn_output_signature=tf.int32), autograph=False)
    return draw().numpy()


def scores(model: Built, x: Any, ids: Any) -> tuple[Any, Any]:
    """The queries of a batch (rows, d), and their dot products with items (rows, ids), by hand."""
    query = np.asarray(model.models.model(x)["watch"])
    return query, query @ model.weights["item_id_embedding/table"][ids].T


# 10 and 14: how many columns


@pytest.mark.parametrize(
    ("negatives", "width"),
    [
        ("log_uniform(10)", 11),
        ("in_batch", 51),
        ("log_uniform(20)", 21),
        ("[in_batch, log_uniform(20)]", 71),
        ("uniform(1)", 2),
    ],
)
def test_columns_of_the_logits(negatives: str, width: int) -> None:
    model = youtube(negatives)
    query, _ = scores(model, batch(), [0])
    logits = np.asarray(softmax_of(model).logits(*softmax_of(model).scores(query, np.arange(50))))
    assert logits.shape == (50, width)
    if "in_batch" in negatives:  # each row's own is hidden on the diagonal, and with distinct ids nowhere else
        np.testing.assert_array_equal(logits[:, 1:51] == HIDDEN, np.eye(50, dtype=bool))


@pytest.mark.parametrize("rows", [1, 2])
def test_one_row_and_one_negative(rows: int) -> None:
    # Merlin's rescoring squeezes, so a batch of one row or one negative fails there.
    for negatives in ("in_batch", "uniform(1)"):
        x = batch(rows) | {"watch_positive": np.arange(1, rows + 1)}
        losses = np.asarray(youtube(negatives).models.training(x)["watch"])
        assert losses.shape == (rows,)
        assert np.isfinite(losses).all()


# 13, 17, 18: the logits


@pytest.mark.parametrize("temperature", ["1.0", "0.5", "2.0"])
@pytest.mark.parametrize("logq", [False, True])
def test_logits_and_loss_are_the_formula(temperature: str, logq: bool) -> None:
    model, x = youtube("log_uniform(4)", temperature, logq), batch(6)
    draws, positives = np.array([5, 7, 3, 100]), np.array([3, 5, 0, 100, 99, 1])
    layer = drawn(model, draws)
    query, wanted = scores(model, x, np.arange(ITEMS))
    logits = np.concatenate([wanted[np.arange(6), positives, None], wanted[:, draws]], axis=1) / float(temperature)
    if logq:
        expected = np.asarray(layer.inclusion(np.arange(ITEMS), 6))
        logits = logits - np.log(expected[np.concatenate([positives[:, None], np.tile(draws, (6, 1))], axis=1)])
    hits = np.concatenate([np.zeros((6, 1), bool), positives[:, None] == draws], axis=1)
    logits = np.where(hits, HIDDEN, logits)
    assert hits.sum() == 3
    np.testing.assert_allclose(layer.logits(*layer.scores(query, positives)), logits, rtol=1e-5, atol=1e-5)
    losses = np.log(np.where(hits, 0, np.exp(logits)).sum(axis=1)) - logits[:, 0]
    np.testing.assert_allclose(model.models.training(x | {"watch_positive": positives})["watch"], losses, rtol=1e-4, atol=1e-5)


def test_temperature_divides_scores_and_not_the_correction() -> None:
    # Merlin divides both, so that for T other than 1 the correction no longer makes the estimate of the full softmax unbiased.
    positives, draws = np.array([1, 2]), np.array([9, 30, 31, 60])
    logits = {}
    for temperature in ("1.0", "0.5"):
        model = youtube("log_uniform(4)", temperature, True)
        query, _ = scores(model, batch(2), [0])
        logits[temperature] = np.asarray(drawn(model, draws).logits(*drawn(model, draws).scores(query, positives)))
    log_e = np.log(np.asarray(softmax_of(model).inclusion(np.concatenate([positives, draws]), 2)))
    both = np.stack([np.concatenate([log_e[[row]], log_e[2:]]) for row in range(2)])
    np.testing.assert_allclose(logits["0.5"] + both, 2 * (logits["1.0"] + both), rtol=1e-4, atol=1e-4)


def test_a_hit_has_no_part_in_the_softmax_at_any_temperature() -> None:
    # Merlin writes -655.04 over it, which at T = 10 is -65.5: small, but not nothing beside other logits.
    assert np.float32(np.exp(np.float32(HIDDEN))) == 0.0
    for temperature in ("0.01", "100.0"):
        model, x = youtube("log_uniform(4)", temperature), batch(1) | {"watch_positive": np.array([5])}
        drawn(model, [5, 5, 5, 5])
        np.testing.assert_array_equal(model.models.training(x)["watch"], [0.0])


def test_several_samplers_are_corrected_together() -> None:
    # In Merlin logQ with more than one sampler raises, and with in-batch negatives fails.
    model = youtube("[in_batch, log_uniform(10), uniform(5)]", "1.0", True)
    expected = np.asarray(softmax_of(model).inclusion(np.arange(ITEMS), 50))
    assert expected.sum() == pytest.approx(50 + 10 + 5, rel=1e-5)
    uniform_share = 50 / ITEMS + 5 / ITEMS  # without data all items count equally for `in_batch`
    alone = np.asarray(softmax_of(youtube("log_uniform(10)", "1.0", True)).inclusion(np.arange(ITEMS), 50))
    np.testing.assert_allclose(expected, alone + uniform_share, rtol=1e-5)


# 15: probabilities


def test_the_law_is_merlins() -> None:
    one = softmax_of(youtube("log_uniform(1)", logq=True, items=100)).samplers[0]  # a single draw: the law itself
    p = np.asarray(one.inclusion(np.arange(100), 1))
    np.testing.assert_allclose(p, np.diff(np.log(np.arange(1, 102))) / np.log(101), rtol=1e-4)
    assert p[0] == pytest.approx(0.15019, abs=1e-5)
    assert p.sum() == pytest.approx(1.0, abs=1e-5)
    q = -np.expm1(10 * np.log1p(-p.astype("float64")))  # Merlin's "unique" correction with N = 10
    assert q[[0, 1, 50, 99]] == pytest.approx([0.80357, 0.60131, 0.04129, 0.02135], abs=2e-5)


def test_ids_below_min_id_have_no_probability() -> None:
    one = softmax_of(youtube("log_uniform(1, min_id=2)", logq=True, items=1000)).samplers[0]
    p = np.asarray(one.inclusion(np.arange(1000), 1))
    assert p[0] == p[1] == 0.0
    assert p.sum() == pytest.approx(1.0, abs=1e-5)
    q = -np.expm1(10 * np.log1p(-p.astype("float64")))
    assert q[[2, 3, 999]] == pytest.approx([0.65271, 0.45392, 0.0014491], abs=2e-5)


def test_the_expected_count_is_that_of_distinct_draws() -> None:
    # Merlin's q takes N tries for N distinct ids, so it sums to less than N. Ours sums to N, and is what is drawn.
    layer = softmax_of(youtube("log_uniform(10)", logq=True, items=100)).samplers[0]
    expected = np.asarray(layer.inclusion(np.arange(100), 1), "float64")
    p = np.diff(np.log(np.arange(1, 102))) / np.log(101)
    tries = -np.expm1(10 * np.log1p(-p))
    assert tries.sum() < 8.6
    assert expected.sum() == pytest.approx(10, rel=1e-5)
    assert (expected > tries).all()
    draws = samples(layer, 1500)
    counts = np.bincount(draws.ravel(), minlength=100) / 1500
    deviation = np.sqrt(expected * (1 - expected) / 1500)
    assert (np.abs(counts - expected) < 5 * deviation).all()


def test_a_positive_that_is_never_drawn_is_not_lifted() -> None:
    # Below `min_id` q is 0: Merlin adds -log(1e-16) = 36.84 to such a positive, which then always wins.
    model = youtube("log_uniform(4, min_id=10)", logq=True)
    query, wanted = scores(model, batch(1), [3])
    logits = np.asarray(softmax_of(model).logits(*softmax_of(model).scores(query, np.array([3]))))
    assert logits[0, 0] == pytest.approx(wanted[0, 0], rel=1e-5)


# 16: samples


def test_samples_are_distinct_and_reach_the_last_id() -> None:
    layer = softmax_of(youtube("log_uniform(8, min_id=2)", items=12)).samplers[0]
    draws = samples(layer, 100)
    assert all(len(set(row)) == 8 for row in draws)
    assert set(draws.ravel()) == set(range(2, 12))  # Merlin never draws the last id
    assert len({tuple(sorted(row)) for row in draws}) > 1  # fresh ones at each call


def test_more_samples_than_items_are_refused_before_anything_is_built() -> None:
    sampled, least = "num_sampled        = ", "min_sampled_id     = "
    assert codes(SPEC.replace(f"{sampled}10", f"{sampled}102")) == ["REC529"]
    assert codes(SPEC.replace(f"{least}0", f"{least}95")) == ["REC529"]
    assert codes(SPEC.replace(f"{sampled}10", f"{sampled}101")) == []
