"""Softmax layers against NumPy: logits, losses, hits, the correction for sampling, and what a model with them keeps."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from specc.runtime.layers.catalogue import CatalogueColumn
from specc.runtime.layers.embedding import Embedding
from specc.runtime.layers.losses import PerRow
from specc.runtime.layers.samplers import LogUniform, Popularity, Uniform
from specc.runtime.layers.softmax import FullSoftmax, SampledSoftmax

V, D, HIDDEN = 40, 6, -1e9
RNG = np.random.default_rng(0)
COUNTS = RNG.integers(1, 50, V)
QUERY = RNG.normal(size=(7, D)).astype("float32")
POSITIVES = np.array([3, 5, 0, 39, 5, 12, 3], "int32")  # row 2 is out of vocabulary, two ids are there twice
WEIGHTS = np.array([1, 1, 1, 0, 2, 1, 0.5], "float32")
VALID = np.array([1, 1, 0, 0, 1, 1, 1], bool)


def table(name: str = "items") -> Any:
    layer = Embedding(V, D, initializer=keras.initializers.RandomNormal(stddev=1.0, seed=5), name=name)
    layer.build((None,))
    return layer


def log_softmax(logits: Any) -> Any:
    logits = logits - logits.max(axis=1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


@pytest.mark.parametrize("temperature", [1.0, 0.05])
def test_full_softmax(temperature: float) -> None:
    candidates = table()
    layer = FullSoftmax(candidates, 1, V, temperature)
    scores = QUERY @ candidates.table.numpy()[1:].T
    np.testing.assert_allclose(layer.scores(QUERY), scores, rtol=1e-5, atol=1e-5)
    losses = np.where(VALID, -log_softmax(scores / temperature)[np.arange(7), POSITIVES - 1], 0)
    np.testing.assert_allclose(layer(QUERY, POSITIVES, WEIGHTS), losses, rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(layer(QUERY, POSITIVES[:, None], WEIGHTS), layer(QUERY, POSITIVES, WEIGHTS))
    assert float(layer(QUERY, POSITIVES)[3]) > 0


class Fixed(Uniform):
    """Always draws the same ids, so that the logits can be written down."""

    def sample(self) -> Any:
        return keras.ops.convert_to_tensor([5, 7, 3, 9])


def expected_logits(candidates: Any, layer: Any, valid: Any) -> Any:
    """By loops: column 0 the positive, then the batch's positives, then the draws."""
    vectors = candidates.table.numpy().astype("float64")
    positives = np.where(valid, POSITIVES, 1)
    pool = [*zip(positives, valid, strict=True)] if layer.in_batch else []
    pool += [(i, True) for i in (5, 7, 3, 9)] if layer.samplers else []

    def expect(item: int) -> float:
        count = 4 / (V - 1) if layer.samplers else 0.0
        return count + (valid.sum() * COUNTS[item] / COUNTS[1:].sum() if layer.in_batch else 0.0)

    logits = np.empty((7, 1 + len(pool)))
    for row in range(7):
        for column, (item, there) in enumerate([(positives[row], True), *pool]):
            score = QUERY[row] @ vectors[item] / layer.temperature
            logits[row, column] = score - (np.log(expect(item)) if layer.logq else 0.0)
            if column and (not there or item == positives[row]):
                logits[row, column] = HIDDEN
    return logits


@pytest.mark.parametrize("logq", [False, True])
@pytest.mark.parametrize("temperature", [1.0, 0.5])
@pytest.mark.parametrize(("in_batch", "sampled", "width"), [(True, False, 8), (False, True, 5), (True, True, 12)])
def test_sampled_logits_and_losses(in_batch: bool, sampled: bool, width: int, temperature: float, logq: bool) -> None:
    candidates = table()
    samplers = [Fixed(4, 1, V)] if sampled else []
    layer = SampledSoftmax(candidates, 1, V, samplers, in_batch, logq, temperature, COUNTS)
    logits = np.asarray(layer.logits(*layer.scores(QUERY, POSITIVES, WEIGHTS)))
    expected = expected_logits(candidates, layer, VALID)
    assert logits.shape == (7, width)
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-4)
    losses = np.where(VALID, -log_softmax(expected)[:, 0], 0)
    np.testing.assert_allclose(layer(QUERY, POSITIVES, WEIGHTS), losses, rtol=1e-4, atol=1e-4)


def test_widths_and_hits_of_merlin() -> None:
    query, positives = RNG.normal(size=(50, D)).astype("float32"), np.arange(1, 51) % 39 + 1
    distinct = np.arange(1, 51)
    wide = Embedding(120, D, name="wide")
    cases = [([], True, 51), ([LogUniform(20, 1, 120)], False, 21), ([LogUniform(20, 51, 120)], True, 71)]
    for samplers, in_batch, width in cases:
        layer = SampledSoftmax(wide, 1, 120, samplers, in_batch)
        assert layer.logits(*layer.scores(query, positives)).shape == (50, width)
        if in_batch:
            hidden = np.asarray(layer.logits(*layer.scores(query, distinct)))[:, 1:] == HIDDEN
            np.testing.assert_array_equal(hidden, np.pad(np.eye(50, dtype=bool), ((0, 0), (0, width - 51))))


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("arguments", [{"in_batch": True}, {"samplers": [Uniform(1, 1, V)]}, {"samplers": [Uniform(1, 1, 2)]}])
def test_a_batch_of_one_and_one_negative(rows: int, arguments: Any) -> None:
    layer = SampledSoftmax(table(), 1, V, logq=True, counts=COUNTS, **arguments)
    losses = np.asarray(layer(QUERY[:rows], POSITIVES[:rows]))
    assert losses.shape == (rows,)
    assert np.isfinite(losses).all()
    if rows == 1 and "in_batch" in arguments:
        assert losses[0] == 0  # it only meets itself


def test_a_batch_without_valid_rows_has_no_loss_and_no_gradient() -> None:
    layer = SampledSoftmax(table(), 1, V, [Uniform(3, 1, V)], True, True, 0.05, COUNTS)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(QUERY, np.array([0, -1, 0, 40, 0, 0, 0])))
    assert float(loss) == 0
    assert np.abs(tf.convert_to_tensor(tape.gradient(loss, layer.candidates.table.value))).max() == 0


def test_expected_counts_add_up_over_all_samplers() -> None:
    samplers: Any = [LogUniform(5, 1, V), Popularity(6, 1, V, COUNTS), Uniform(4, 1, V)]
    layer = SampledSoftmax(table(), 1, V, samplers, True, True, 1.0, COUNTS)
    ids = np.arange(1, V)
    assert np.asarray(layer.inclusion(ids, 8)).sum() == pytest.approx(5 + 6 + 4 + 8, rel=1e-5)
    parts = np.sum([s.inclusion(ids, 1) for s in samplers], axis=0) + 8 * COUNTS[1:] / COUNTS[1:].sum()
    np.testing.assert_allclose(layer.inclusion(ids, 8), parts, rtol=1e-5)


def test_a_positive_that_is_never_drawn_is_not_corrected() -> None:
    candidates = table()
    layer = SampledSoftmax(candidates, 1, V, [LogUniform(5, 1, V, min_id=10)], logq=True)
    logits = np.asarray(layer.logits(*layer.scores(QUERY[:1], np.array([3]))))
    assert logits[0, 0] == pytest.approx(QUERY[0] @ candidates.table.numpy()[3], rel=1e-5)


@pytest.mark.parametrize("kind", [Uniform, LogUniform, Popularity])
def test_the_corrected_partition_function_is_unbiased(kind: Any) -> None:
    # What logQ is for: the negatives' exp(s - log E) sum, on average over draws, to the sum over the whole catalogue.
    candidates = table()
    sampler = kind(8, 1, V, **({"counts": COUNTS} if kind is Popularity else {}), seed=2)
    layer = SampledSoftmax(candidates, 1, V, [sampler], logq=True)
    query, positives = 0.3 * QUERY[:1], np.array([4])

    def one(_: Any) -> Any:
        return layer.logits(*layer.scores(query, positives))[0, 1:]

    logits = tf.function(lambda: tf.map_fn(one, tf.range(3000), fn_output_signature=tf.float32), autograph=False)().numpy()
    sums = np.exp(logits.astype("float64")).sum(axis=1)
    scores = np.exp(query @ candidates.table.numpy().T)[0]
    whole = scores[1:].sum() - scores[4]
    assert abs(sums.mean() - whole) < 4.5 * sums.std() / np.sqrt(len(sums))


def test_sampled_softmax_over_everything_is_full_softmax() -> None:
    candidates = table()
    full = FullSoftmax(candidates, 1, V, 0.3)(QUERY, POSITIVES)
    sampled = SampledSoftmax(candidates, 1, V, [Uniform(V - 1, 1, V)], logq=True, temperature=0.3)(QUERY, POSITIVES)
    np.testing.assert_allclose(sampled, full, rtol=1e-5, atol=1e-5)


def test_large_scores_and_half_precision_stay_finite() -> None:
    for layer in (
        FullSoftmax(table(), 1, V, 0.001, dtype="mixed_float16"),
        SampledSoftmax(table(), 1, V, [Uniform(5, 1, V)], True, True, 0.001, COUNTS, dtype="mixed_float16"),
    ):
        losses = layer(1000 * QUERY.astype("float16"), POSITIVES)
        assert losses.dtype == "float32"
        assert np.isfinite(np.asarray(losses)).all()


def test_merlins_youtube_dnn_shape() -> None:
    # Parameters 7352 + 336 and logits (50, 1 + 10) as published; the output adds no trained weights of its own.
    keras.utils.set_random_seed(0)
    widths = {"user": (91, 8), "item": (101, 8), "categories": (332, 16), "country": (63, 8)}
    inputs = {name: keras.Input((), dtype="int32", name=name) for name in widths}
    tables = {name: Embedding(rows, dim, name=f"{name}_table") for name, (rows, dim) in widths.items()}
    age, positive = keras.Input((1,), name="age"), keras.Input((), dtype="int32", name="positive")
    x = keras.layers.Concatenate()([*(tables[name](inputs[name]) for name in widths), age])
    query = keras.layers.Dense(8, activation="relu", name="top")(x)
    loss = SampledSoftmax(tables["item"], 0, 101, [LogUniform(10, 0, 101)], logq=True, name="loss")(query, positive)
    model = keras.Model([*inputs.values(), age, positive], loss)
    assert x.shape == (None, 41)
    assert sum(int(np.prod(v.shape)) for v in model.trainable_variables) == 7688
    assert len(model.trainable_variables) == 6
    layer, rows = model.get_layer("loss"), RNG.normal(size=(50, 8))
    assert layer.logits(*layer.scores(rows, np.arange(50))).shape == (50, 11)
    scores = FullSoftmax(tables["item"], 0, 101).scores(rows)
    np.testing.assert_allclose(scores, rows @ tables["item"].table.numpy().T, rtol=1e-4, atol=1e-5)
    assert scores.shape == (50, 101)


def tower() -> Any:
    ids = keras.Input((), dtype="int32")
    genre = Embedding(5, 3, name="genre_table")(CatalogueColumn(RNG.integers(0, 5, V), name="genre")(ids))
    both = keras.layers.Concatenate()([table("movie_table")(ids), genre])
    return keras.Model(ids, keras.layers.Dense(D, name="projection")(both), name="tower")


@pytest.mark.parametrize("shared", [False, True])
def test_trains_and_is_the_same_after_save_and_load(shared: bool, saved_and_loaded: Any) -> None:
    keras.utils.set_random_seed(3)
    history, positive, weight = keras.Input((), dtype="int32"), keras.Input((), dtype="int32"), keras.Input(())
    candidates = table() if shared else tower()
    query = keras.layers.Dense(D, name="top")(candidates(history) if shared else Embedding(V, D, name="watched")(history))
    samplers = [Popularity(4, 1, V, COUNTS), Uniform(4, 1, V)]
    sampled = SampledSoftmax(candidates, 1, V, samplers, True, True, 0.5, COUNTS, name="sampled")(query, positive, weight)
    full = FullSoftmax(candidates, 1, V, 0.5, name="full")(query, positive, weight)
    model = keras.Model([history, positive, weight], [sampled, full])
    model.compile(keras.optimizers.Adam(0.05), loss=[PerRow(), PerRow()])
    data = RNG.integers(1, V, 200)
    x, y, w = [data, (data * 7) % V, np.ones(200)], [np.zeros(200)] * 2, [np.ones(200)] * 2
    losses = model.fit(x, y, sample_weight=w, epochs=12, batch_size=50, verbose=0).history["full_loss"]
    assert losses[-1] < 0.6 * losses[0]
    again = saved_and_loaded(model)
    assert [v.shape for v in again.weights] == [v.shape for v in model.weights]
    for before, after in zip(model.weights, again.weights, strict=True):
        np.testing.assert_array_equal(before, after)
    np.testing.assert_array_equal(model.predict(x, verbose=0)[1], again.predict(x, verbose=0)[1])
    loaded = again.get_layer("sampled")
    assert loaded.candidates is again.get_layer("full").candidates
    assert loaded.logq
    assert [type(s) for s in loaded.samplers] == [Popularity, Uniform]
    np.testing.assert_array_equal(loaded.inclusion(np.arange(V), 9), model.get_layer("sampled").inclusion(np.arange(V), 9))
    if shared:
        assert again.get_layer("items") is loaded.candidates
    again.fit(x, y, sample_weight=w, verbose=0)


def test_refusals() -> None:
    with pytest.raises(ValueError, match="needs a sampler, or in_batch"):
        SampledSoftmax(table(), 1, V)
    for bad in ({"low": 5, "high": 5}, {"low": 1, "high": V, "temperature": 0.0}):
        with pytest.raises(ValueError, match="low < high"):
            FullSoftmax(table(), **bad)
        with pytest.raises(ValueError, match="low < high"):
            SampledSoftmax(table(), in_batch=True, **bad)
    for layer in (FullSoftmax(table(), 1, V), SampledSoftmax(table(), 1, V, in_batch=True)):
        with pytest.raises(ValueError, match="query has width 5, but candidates have 6"):
            layer(QUERY[:, :5], POSITIVES)
