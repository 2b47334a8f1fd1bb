"""Samplers: what they say about their draws, against many draws; and the published log-uniform numbers."""

import itertools
from decimal import Decimal, localcontext
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from specc.runtime.layers.inclusion import (
    inclusion_of_draws,
    inclusion_probabilities,
    log_uniform_probabilities,
    popularity_probabilities,
)
from specc.runtime.layers.samplers import InBatch, LogUniform, Popularity, Uniform

COUNTS = np.random.default_rng(0).zipf(1.4, 60)
ZIPF = np.concatenate([[0], 1e6 // np.arange(1, 20_001)])


def draws(sampler: Any, repeats: int) -> Any:
    """(repeats, n) ids, drawn in one graph."""

    def many() -> Any:
        return tf.map_fn(lambda _: sampler.sample(), tf.range(repeats), fn_output_signature=tf.int32)

    return tf.function(many, autograph=False)().numpy()


SAMPLERS: dict[str, Any] = {
    "uniform, many candidates": lambda: Uniform(5000, 1, 9001, seed=1),
    "uniform": lambda: Uniform(10, 1, 60, seed=1),
    "uniform, nearly all": lambda: Uniform(6, 0, 7, seed=1),
    "log-uniform": lambda: LogUniform(10, 1, 60, seed=1),
    "log-uniform, min_id": lambda: LogUniform(40, 1, 60, min_id=9, seed=1),
    "log-uniform, one": lambda: LogUniform(1, 0, 5, seed=1),
    "popularity": lambda: Popularity(12, 1, 60, COUNTS, seed=1),
    "popularity, steep": lambda: Popularity(25, 0, 60, np.arange(60) ** 6, power=1.0, seed=1),
    "popularity, power 8": lambda: Popularity(3, 1, 6, [0, 1000, 500, 6, 5, 5], power=8, seed=1),
    "popularity, power 10": lambda: Popularity(3, 0, 4, [100_000, 1, 1, 1], power=10, seed=1),
    "popularity, many and steep": lambda: Popularity(100, 1, 401, ZIPF[:401], power=5, seed=1),
    "all": lambda: LogUniform(4, 2, 6, seed=1),
}


@pytest.mark.parametrize("name", SAMPLERS)
def test_draws_are_distinct_and_as_frequent_as_stated(name: str) -> None:
    sampler = SAMPLERS[name]()
    size, repeats = sampler.high + 20, 200 if sampler.n > 100 else 4000
    found = draws(sampler, repeats)
    assert found.shape == (repeats, sampler.n)
    assert all(len(set(row)) == sampler.n for row in found.tolist())
    assert found.min() >= 0
    expected = np.asarray(sampler.inclusion(np.arange(size), 1), "float64")
    assert expected.sum() == pytest.approx(sampler.n, rel=1e-5)
    frequency = np.bincount(found.ravel(), minlength=size) / repeats
    assert (frequency[expected == 0] == 0).all()
    apart = 4.5 * np.sqrt(expected * np.abs(1 - expected) / repeats) + 2 / repeats  # the rarest is drawn once or never
    assert (np.abs(frequency - expected) <= apart).all()
    assert (frequency[expected > 0.01] > 0).all()  # the last id too


def test_which_ids_are_candidates() -> None:
    uniform = Uniform(10, 1, 60).inclusion(np.array([0, 1, 59, 60, -1]), 1)
    np.testing.assert_allclose(uniform, [0, 10 / 59, 10 / 59, 0, 0])
    assert np.flatnonzero(LogUniform(3, 1, 30, min_id=9).inclusion(np.arange(40), 1)).tolist() == list(range(9, 30))
    assert np.flatnonzero(LogUniform(3, 5, 30, min_id=2).inclusion(np.arange(40), 1)).tolist() == list(range(5, 30))
    counts = np.array([9, 4, 0, 2, 1])
    assert np.flatnonzero(Popularity(2, 1, 5, counts).inclusion(np.arange(7), 1)).tolist() == [1, 3, 4]


def test_popularity_follows_count_to_the_power() -> None:
    # For small probabilities 1 - (1 - p) ** t is t * p, so that the ratio shows the law itself.
    counts = np.concatenate([[16, 1], np.full(5000, 81)])
    low, one, many = np.asarray(Popularity(2, 0, len(counts), counts).inclusion(np.array([1, 0, 2]), 1), "float64")
    assert one / low == pytest.approx(16**0.75, rel=1e-3)
    assert many / low == pytest.approx(27, rel=1e-2)
    even = Popularity(2, 0, len(counts), counts, power=0.0).inclusion(np.arange(3), 1)
    np.testing.assert_allclose(even, np.full(3, 2 / 5002), rtol=1e-5)


def test_log_uniform_law_and_the_numbers_of_merlin() -> None:
    # With as many draws as samples, which overlooks repeats, the formula is that of Merlin Models.
    p = log_uniform_probabilities(100)
    assert p.sum() == pytest.approx(1)
    assert p[0] == pytest.approx(0.15019, abs=1e-5)
    assert inclusion_of_draws(p, 10)[[0, 1, 50, 99]] == pytest.approx([0.80357, 0.60131, 0.04129, 0.02135], abs=1e-5)
    q = inclusion_of_draws(log_uniform_probabilities(998), 10)  # ids 2 to 999
    assert q[[0, 1, 997]] == pytest.approx([0.65271, 0.45392, 0.0014491], abs=1e-5)
    assert inclusion_of_draws(p, 10).sum() < 10 < inclusion_of_draws(p, 20).sum()
    # Ours is the same curve with the number of draws that does give ten distinct ids on average.
    ours = np.asarray(LogUniform(10, 0, 100).inclusion(np.arange(100), 1))
    t = np.log1p(-ours[0].astype("float64")) / np.log1p(-p[0])
    assert 10 < t < 20
    np.testing.assert_allclose(ours, inclusion_of_draws(p, t), rtol=1e-4)


@pytest.mark.parametrize("n", [1, 7, 49, 50])
def test_inclusion_probabilities_sum_to_n_and_rise_with_p(n: int) -> None:
    steep = np.geomspace(1e-12, 1, 50)
    for p in (np.full(50, 1 / 50), log_uniform_probabilities(50), steep / steep.sum()):
        included = inclusion_probabilities(p, n)
        assert included.sum() == pytest.approx(n, rel=1e-9)
        assert (included <= 1).all()
        assert (np.diff(included[np.argsort(p)]) >= -1e-9).all()
    np.testing.assert_allclose(inclusion_probabilities(np.full(50, 1 / 50), n), np.full(50, n / 50))


@pytest.mark.parametrize("power", [0, 0.75, 2, 3, 5, 8, 10])
@pytest.mark.parametrize("n", [1, 10, 5000, 19_999])
def test_popularity_of_any_power_expects_n_ids(n: int, power: float) -> None:
    included = inclusion_probabilities(popularity_probabilities(ZIPF, power), n)
    assert included.sum() == pytest.approx(n, rel=1e-9)
    assert ((included > 0) == (ZIPF > 0)).all()
    assert (included <= 1).all()
    assert (np.diff(included[1:]) <= 0).all()


def test_popularity_of_many_and_steep_counts_draws_as_stated() -> None:
    sampler = Popularity(5000, 1, 20_001, ZIPF, power=5, seed=1)
    found = draws(sampler, 300)
    assert all(len(set(row)) == 5000 for row in found.tolist())
    expected = np.asarray(sampler.inclusion(np.arange(20_001), 1), "float64")
    frequency = np.bincount(found.ravel(), minlength=20_001) / 300
    edges = np.arange(1, 20_001, 250)  # ids that are drawn once in thousands of samples, together
    stated, drawn = np.add.reduceat(expected, edges), np.add.reduceat(frequency, edges)
    deviation = np.sqrt(np.add.reduceat(expected * np.abs(1 - expected), edges) / 300)
    assert (np.abs(drawn - stated) <= 4.5 * deviation + 1e-2).all()


@pytest.mark.parametrize(
    ("counts", "power", "n"),
    [([1000, 500, 3, 2, 1], 8, 3), ([100_000, 1, 1, 1], 10, 3), ([100_000, 100_000, 1, 2, 1], 10, 2), ([9, 7, 5, 1], 1, 2)],
)
def test_inclusion_probabilities_in_decimals(counts: list[int], power: int, n: int) -> None:
    # With 120 digits nothing has to be done with care: the formula as it stands, and t by halving its logarithm.
    with localcontext(prec=120):
        weights = [Decimal(count) ** power for count in counts]
        p = [weight / sum(weights) for weight in weights]
        low, high = Decimal(0), Decimal(400)
        for _ in range(300):
            t = ((low + high) / 2).exp()
            exact = [1 - (1 - each) ** t for each in p]
            low, high = ((low + high) / 2, high) if sum(exact) < n else (low, (low + high) / 2)
        found = inclusion_probabilities(popularity_probabilities(counts, power), n)
        np.testing.assert_allclose(found, np.array(exact, "float64"), rtol=1e-11)
        # What the losses correct by is as exact in float32, down to its smallest number.
        tiny = np.finfo("float32").tiny
        sampler = Popularity(n, 1, len(counts) + 1, [0, *counts], power)
        expected = sampler.inclusion(np.arange(len(counts) + 2), 1)
        np.testing.assert_allclose(expected, [0, *np.maximum(np.array(exact, "float64"), tiny), 0], rtol=1e-6)


def test_uniform_makes_every_pair_equally_likely() -> None:
    found, repeats = draws(Uniform(3, 0, 6, seed=4), 6000), 6000
    pairs = [sum({a, b} <= set(row) for row in found.tolist()) / repeats for a, b in itertools.combinations(range(6), 2)]
    assert pairs == pytest.approx([3 * 2 / (6 * 5)] * 15, abs=0.03)


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_seed_gives_the_same_draws_and_each_step_new_ones(name: str) -> None:
    first, again = SAMPLERS[name](), SAMPLERS[name]()
    eager = np.stack([first.sample() for _ in range(6)])
    np.testing.assert_array_equal(eager, draws(again, 6))
    if name != "all":
        assert len({tuple(sorted(row)) for row in eager.tolist()}) > 1
        other = type(first).from_config({**first.get_config(), "seed": 2})
        other.set_weights(first.get_weights())
        assert not np.array_equal(eager, draws(other, 6))


@pytest.mark.parametrize(
    "make",
    [
        lambda n: Uniform(n, 1, 5),
        lambda n: LogUniform(n, 1, 5),
        lambda n: LogUniform(n, 0, 9, min_id=5),
        lambda n: Popularity(n, 1, 7, [9, 1, 0, 2, 0, 1, 5]),
        lambda n: Popularity(n, 1, 5),
    ],
)
def test_no_more_distinct_ids_than_candidates(make: Any) -> None:
    make(4)
    for n in (0, 5):
        with pytest.raises(ValueError, match=f"cannot draw {n} distinct ids from 4 candidates"):
            make(n)


def test_counts_of_the_wrong_kind() -> None:
    for counts in ([1, 2], [1, 2, -1]):
        with pytest.raises(ValueError, match="counts must be 3 numbers"):
            Popularity(1, 0, 3, counts)
        with pytest.raises(ValueError, match="counts must be 3 numbers"):
            InBatch(0, 3, counts)


def test_in_batch_expects_the_share_of_the_positives() -> None:
    shares = InBatch(1, 4, [100, 1, 0, 3])
    np.testing.assert_allclose(shares.inclusion(np.array([0, 1, 2, 3, 4, -1]), 8), [0, 2, 0, 6, 0, 0])


def test_a_million_candidates_cost_a_step_little() -> None:
    graph = tf.function(LogUniform(100, 1, 1_000_001).sample, autograph=False).get_concrete_function().graph
    made = [op for op in graph.get_operations() for output in op.outputs if (output.shape.num_elements() or 0) > 1000]
    assert {op.type for op in made} <= {
        "ReadVariableOp",
        "Reshape",
        "Identity",
        "ExpandDims",
    }  # nothing computed for each candidate
    assert len(graph.as_graph_def().SerializeToString()) < 100_000  # the table is a variable, not a constant in the graph


def test_saved_by_config_and_weights() -> None:
    sampler = Popularity(5, 1, 60, COUNTS, power=0.5, seed=9)
    config = sampler.get_config()
    assert len(str(config)) < 400
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(sampler))
    again.set_weights(sampler.get_weights())
    np.testing.assert_array_equal(sampler.sample(), again.sample())
    np.testing.assert_array_equal(sampler.inclusion(np.arange(60), 1), again.inclusion(np.arange(60), 1))
    assert again.get_config() == config
