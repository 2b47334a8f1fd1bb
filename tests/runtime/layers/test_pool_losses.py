"""Losses over a pool of negatives against NumPy: values, gradients, what a row does not see, and what a model with them keeps."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from specc.runtime.layers.embedding import Embedding
from specc.runtime.layers.losses import PerRow
from specc.runtime.layers.pool import PoolLoss
from specc.runtime.layers.pooled_binary_crossentropy import PooledBinaryCrossentropy
from specc.runtime.layers.pooled_bpr import PooledBPR
from specc.runtime.layers.samplers import Popularity, Uniform
from specc.runtime.layers.softmax import SampledSoftmax

V, D = 40, 6
RNG = np.random.default_rng(1)
QUERY = RNG.normal(size=(7, D)).astype("float32")
POSITIVES = np.array([3, 5, 0, 39, 5, 12, 3], "int32")  # row 2 is out of vocabulary, two ids are there twice
WEIGHTS = np.array([1, 1, 1, 0, 2, 1, 0.5], "float32")
VALID = np.array([1, 1, 0, 0, 1, 1, 1], bool)
DRAWN = [5, 7, 3, 9]


def table() -> Any:
    layer = Embedding(V, D, initializer=keras.initializers.RandomNormal(stddev=1.0, seed=5), name="items")
    layer.build((None,))
    return layer


class Fixed(Uniform):
    """Always draws the same ids, so that the losses can be written down."""

    def sample(self) -> Any:
        return keras.ops.convert_to_tensor(DRAWN)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def bpr(own: float, negatives: Any) -> float:
    return float(np.mean(-np.log(sigmoid(own - negatives)))) if len(negatives) else 0.0


def bce(own: float, negatives: Any) -> float:
    return float(-np.log(sigmoid(own)) + (np.mean(-np.log(1 - sigmoid(negatives))) if len(negatives) else 0.0))


def bpr_slopes(own: float, negatives: Any) -> tuple[float, Any]:
    """Derivatives by the positive's score and by each negative's."""
    each = sigmoid(negatives - own) / len(negatives)
    return -each.sum(), each


def bce_slopes(own: float, negatives: Any) -> tuple[float, Any]:
    return sigmoid(own) - 1, sigmoid(negatives) / len(negatives)


def pool_of(row: int, in_batch: bool, sampled: bool) -> list[int]:
    """The ids that a row sees as negatives."""
    pool = [int(item) for item, there in zip(POSITIVES, VALID, strict=True) if there] if in_batch else []
    return [item for item in pool + (DRAWN if sampled else []) if item != POSITIVES[row]]


LOSSES = [(PooledBPR, bpr, bpr_slopes), (PooledBinaryCrossentropy, bce, bce_slopes)]


@pytest.mark.parametrize(("kind", "formula", "slopes"), LOSSES)
@pytest.mark.parametrize("temperature", [1.0, 0.5])
@pytest.mark.parametrize(("in_batch", "sampled"), [(True, False), (False, True), (True, True)])
def test_losses_and_gradients(kind: Any, formula: Any, slopes: Any, in_batch: bool, sampled: bool, temperature: float) -> None:
    candidates = table()
    layer = kind(candidates, 1, V, [Fixed(4, 1, V)] if sampled else [], in_batch, temperature=temperature)
    query = tf.constant(QUERY)
    with tf.GradientTape() as tape:
        tape.watch(query)
        losses = layer(query, POSITIVES, WEIGHTS)
        whole = tf.reduce_sum(losses)
    by_query, by_table = tape.gradient(whole, [query, candidates.table.value])
    vectors = candidates.table.numpy().astype("float64")
    expected, expected_by_query, expected_by_table = np.zeros(7), np.zeros((7, D)), np.zeros((V, D))
    for row in np.flatnonzero(VALID):
        own, pool = POSITIVES[row], pool_of(row, in_batch, sampled)
        scores = vectors @ QUERY[row] / temperature
        expected[row] = formula(scores[own], scores[pool])
        by_own, by_pool = slopes(scores[own], scores[pool])
        for item, slope in [(own, by_own), *zip(pool, by_pool, strict=True)]:
            expected_by_query[row] += slope * vectors[item] / temperature
            expected_by_table[item] += slope * QUERY[row] / temperature
    assert losses.dtype == "float32"
    np.testing.assert_allclose(losses, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(by_query, expected_by_query, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(tf.convert_to_tensor(by_table), expected_by_table, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(layer(QUERY, POSITIVES[:, None], WEIGHTS), losses)


@pytest.mark.parametrize(("kind", "formula", "slopes"), LOSSES)
def test_a_row_that_sees_no_negative(kind: Any, formula: Any, slopes: Any) -> None:
    candidates = table()
    layer = kind(candidates, 1, V, in_batch=True)
    own = float(QUERY[0] @ candidates.table.numpy()[3])
    with tf.GradientTape() as tape:
        losses = layer(QUERY[[0, 0]], np.array([3, 3]))
    np.testing.assert_allclose(losses, [formula(own, [])] * 2, rtol=1e-4, atol=1e-6)
    gradient = tf.convert_to_tensor(tape.gradient(losses, candidates.table.value)).numpy()
    assert np.isfinite(gradient).all()
    assert (np.abs(gradient).sum() == 0) == (kind is PooledBPR)


@pytest.mark.parametrize("kind", [PooledBPR, PooledBinaryCrossentropy])
def test_a_batch_without_valid_rows_has_no_loss_and_no_gradient(kind: Any) -> None:
    layer = kind(table(), 1, V, [Uniform(3, 1, V)], True, temperature=0.05)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(QUERY, np.array([0, -1, 0, 40, 0, 0, 0])))
    assert float(loss) == 0
    assert np.abs(tf.convert_to_tensor(tape.gradient(loss, layer.candidates.table.value))).max() == 0


@pytest.mark.parametrize("kind", [PooledBPR, PooledBinaryCrossentropy])
def test_large_scores_and_half_precision_stay_finite(kind: Any) -> None:
    layer = kind(table(), 1, V, [Uniform(5, 1, V)], True, temperature=0.001, dtype="mixed_float16")
    losses = layer(1000 * QUERY.astype("float16"), POSITIVES)
    assert losses.dtype == "float32"
    assert np.isfinite(np.asarray(losses)).all()


@pytest.mark.parametrize("kind", [SampledSoftmax, PooledBPR, PooledBinaryCrossentropy])
def test_trains_and_is_the_same_after_save_and_load(kind: Any, saved_and_loaded: Any) -> None:
    keras.utils.set_random_seed(3)
    history, positive, weight = keras.Input((), dtype="int32"), keras.Input((), dtype="int32"), keras.Input(())
    candidates = table()
    query = keras.layers.Dense(D, name="top")(candidates(history))
    samplers = [Popularity(4, 1, V, RNG.integers(1, 50, V), seed=1), Uniform(4, 1, V, seed=2)]
    loss = kind(candidates, 1, V, samplers, True, temperature=0.5, name="loss")(query, positive, weight)
    model = keras.Model([history, positive, weight], loss)
    assert loss.shape == (None,)
    model.compile(keras.optimizers.Adam(0.05), loss=PerRow())
    data = RNG.integers(1, V, 200)
    x = [data, (data * 7) % (V - 1) + 1, np.ones(200)]
    losses = model.fit(x, np.zeros(200), epochs=12, batch_size=50, verbose=0).history["loss"]
    assert losses[-1] < 0.6 * losses[0]
    again = saved_and_loaded(model)
    layer = again.get_layer("loss")
    assert type(layer) is kind
    assert layer.candidates is again.get_layer("items")
    assert [type(sampler) for sampler in layer.samplers] == [Popularity, Uniform]
    assert (layer.in_batch, layer.logq, layer.temperature, layer.low, layer.high) == (True, False, 0.5, 1, V)
    for before, after in zip(model.get_layer("loss").samplers, layer.samplers, strict=True):
        after.generator.state.assign(before.generator.state)  # which no file holds
    np.testing.assert_array_equal(model.predict(x, verbose=0), again.predict(x, verbose=0))
    again.fit(x, np.zeros(200), verbose=0)


def test_refusals() -> None:
    for kind in (PooledBPR, PooledBinaryCrossentropy):
        with pytest.raises(ValueError, match="needs a sampler, or in_batch"):
            kind(table(), 1, V)
        with pytest.raises(ValueError, match=f"{kind.__name__} is not corrected"):
            kind(table(), 1, V, in_batch=True, logq=True, counts=np.ones(V))
        for bad in ({"low": 5, "high": 5}, {"low": 1, "high": V, "temperature": 0.0}):
            with pytest.raises(ValueError, match="low < high"):
                kind(table(), in_batch=True, **bad)
        with pytest.raises(ValueError, match="query has width 5, but candidates have 6"):
            kind(table(), 1, V, in_batch=True)(QUERY[:, :5], POSITIVES)
    with pytest.raises(NotImplementedError):
        PoolLoss(table(), 1, V, in_batch=True)(QUERY, POSITIVES)
