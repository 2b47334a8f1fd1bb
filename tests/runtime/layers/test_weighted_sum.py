"""The weighted sum against NumPy's einsum."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from specc.runtime.layers.mixing import WeightedSum


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


def test_in_a_model_saved_and_loaded(saved_and_loaded: Any) -> None:
    x, gate = keras.Input((4,), name="x"), keras.Input((2,), name="gate")
    model = keras.Model([x, gate], WeightedSum(name="mix")([x, keras.layers.Dense(4)(x)], gate))
    rows = [np.ones((3, 4), "float32"), np.full((3, 2), 0.5, "float32")]
    assert model.output_shape == (None, 4)
    np.testing.assert_array_equal(model.predict(rows, verbose=0), saved_and_loaded(model).predict(rows, verbose=0))
