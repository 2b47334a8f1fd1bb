"""Pairwise dot products against loops."""

from itertools import combinations, combinations_with_replacement
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from specc.runtime.layers.interaction import DotInteraction


@pytest.mark.parametrize(("self_pairs", "pairs"), [(False, combinations), (True, combinations_with_replacement)])
@pytest.mark.parametrize("f", [1, 2, 5])
def test_pairs_in_row_major_order(self_pairs: bool, pairs: Any, f: int) -> None:
    x = np.random.default_rng(f).normal(size=(3, f, 4)).astype("float32")
    expected = np.array([[x[b, i] @ x[b, j] for i, j in pairs(range(f), 2)] for b in range(3)]).reshape(3, -1)
    layer = DotInteraction(self_pairs)
    found = np.asarray(layer(x))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    assert layer.compute_output_shape(x.shape) == found.shape


@pytest.mark.parametrize(("self_pairs", "pairs"), [(False, combinations), (True, combinations_with_replacement)])
@pytest.mark.parametrize("f", [1, 2, 5])
def test_gradient_of_each_pair(self_pairs: bool, pairs: Any, f: int) -> None:
    rng = np.random.default_rng(f)
    x = rng.normal(size=(3, f, 4)).astype("float32")
    layer = DotInteraction(self_pairs)
    upstream = rng.normal(size=(3, layer.compute_output_shape(x.shape)[1])).astype("float32")
    expected = np.zeros_like(x)
    for place, (i, j) in enumerate(pairs(range(f), 2)):
        expected[:, i] += upstream[:, place, None] * x[:, j]
        expected[:, j] += upstream[:, place, None] * x[:, i]
    given = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(given)
        found = layer(given)
    np.testing.assert_allclose(tape.gradient(found, given, upstream), expected, rtol=1e-5, atol=1e-5)


def test_width_of_dlrm_and_reload(saved_and_loaded: Any) -> None:
    x = keras.Input((27, 8))
    model = keras.Model(x, DotInteraction(name="pairs")(x))
    assert model.output_shape == (None, 27 * 26 // 2)
    value = np.random.default_rng(0).normal(size=(2, 27, 8))
    np.testing.assert_array_equal(model(value), saved_and_loaded(model)(value))


def test_exported_for_serving(tmp_path: Any) -> None:
    x = keras.Input((3, 4))
    model = keras.Model(x, DotInteraction()(x))
    model.export(tmp_path / "served", verbose=False)
    rows = np.random.default_rng(0).normal(size=(5, 3, 4)).astype("float32")
    np.testing.assert_array_equal(tf.saved_model.load(tmp_path / "served").serve(rows), model(rows))
