"""Weighted sums against NumPy's einsum."""

from typing import Any

import keras
import ml_dtypes
import numpy as np
import pytest
import tensorflow as tf

from specc.runtime.layers.mixing import WeightedSum, WeightedSums


@pytest.mark.parametrize("shape", [(5, 4), (5, 3, 4)])
@pytest.mark.parametrize("experts", [1, 3])
def test_values_and_gradients_are_those_of_the_formula(shape: Any, experts: int) -> None:
    rng = np.random.default_rng(0)
    values = [tf.constant(rng.normal(size=shape), tf.float32) for _ in range(experts)]
    weights = tf.constant(rng.random((5, experts)), tf.float32)
    ahead = rng.normal(size=shape).astype("float32")
    with tf.GradientTape() as tape:
        tape.watch([weights, *values])
        found = WeightedSum()(values, weights)
        loss = tf.reduce_sum(found * ahead)
    stacked = np.stack(values)
    np.testing.assert_allclose(found, np.einsum("be,eb...->b...", weights, stacked), rtol=1e-5)
    by_weights, *by_values = tape.gradient(loss, [weights, *values])
    np.testing.assert_allclose(
        by_weights, np.einsum("b...,eb...->be...", ahead, stacked).reshape(5, experts, -1).sum(-1), rtol=1e-4
    )
    for number, gradient in enumerate(by_values):
        np.testing.assert_allclose(gradient, np.einsum("b,b...->b...", weights[:, number], ahead), rtol=1e-5)


@pytest.mark.parametrize("shape", [(5, 4), (5, 3, 4)])
def test_several_sums_and_their_gradients_are_those_of_one_after_the_other(shape: Any) -> None:
    rng = np.random.default_rng(1)
    reads = [[0, 1, 2, 3], [3, 0], [2], [1, 1]]
    values = [tf.constant(rng.normal(size=shape), tf.float32) for _ in range(4)]
    weights = [tf.constant(rng.random((5, len(read))), tf.float32) for read in reads]
    ahead = [tf.constant(rng.normal(size=shape), tf.float32) for _ in reads]

    def results(together: bool) -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            tape.watch([*values, *weights])
            if together:
                found = WeightedSums(reads)(values, weights)
            else:
                found = [WeightedSum()([values[i] for i in read], one) for read, one in zip(reads, weights, strict=True)]
        return found, tape.gradient(found, [*values, *weights], output_gradients=ahead)

    for one, other in zip(results(together=True), results(together=False), strict=True):
        for ours, formula in zip(one, other, strict=True):
            np.testing.assert_allclose(ours, formula, rtol=1e-4, atol=1e-6)


def test_sums_of_bfloat16_are_rounded_once() -> None:
    rng = np.random.default_rng(2)
    values = rng.integers(-64, 64, (3, 5, 4)) / 64
    weights = rng.integers(0, 8, (2, 5, 3)) / 8  # products and sums are exact in float32
    found = WeightedSums([[0, 1, 2], [2, 1, 0]], dtype="mixed_bfloat16")(
        [tf.constant(value, tf.float32) for value in values], [tf.constant(one, tf.float32) for one in weights]
    )
    for ours, one, order in zip(found, weights, ([0, 1, 2], [2, 1, 0]), strict=True):
        exact = np.einsum("be,ebd->bd", one, values[order])
        np.testing.assert_array_equal(tf.cast(ours, tf.float32), exact.astype(ml_dtypes.bfloat16).astype("float32"))


def test_in_a_model_saved_and_loaded(saved_and_loaded: Any) -> None:
    x, gate = keras.Input((4,), name="x"), keras.Input((2,), name="gate")
    experts = [x, keras.layers.Dense(4)(x)]
    several = WeightedSums([[0, 1], [1, 0]], name="mixes")(experts, [gate, gate])
    model = keras.Model([x, gate], [WeightedSum(name="mix")(experts, gate), *several])
    rows = [np.ones((3, 4), "float32"), np.full((3, 2), 0.5, "float32")]
    assert model.output_shape == [(None, 4)] * 3
    np.testing.assert_array_equal(model.predict(rows, verbose=0), saved_and_loaded(model).predict(rows, verbose=0))
