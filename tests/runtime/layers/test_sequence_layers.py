"""Sequence layers against loops in NumPy; padding holds NaN, which must not get out."""

import warnings
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from specc.runtime.layers.sequences import (
    FillPadding,
    MaskedBatchNormalization,
    MaskedMax,
    MaskedMean,
    MaskedSqrtN,
    MaskedSum,
    PaddingMask,
)

RNG = np.random.default_rng(0)
MASK = np.array([[1, 0, 1, 1], [0, 0, 0, 0], [0, 0, 0, 1], [1, 1, 1, 1]], bool)
X = np.where(MASK[:, :, None], RNG.normal(size=(4, 4, 3)) - 2, np.nan).astype("float32")  # all negative, for max
POOLERS: dict[Any, Any] = {
    MaskedSum: lambda steps: steps.sum(axis=0),
    MaskedMean: lambda steps: steps.mean(axis=0),
    MaskedSqrtN: lambda steps: steps.sum(axis=0) / np.sqrt(len(steps)),
    MaskedMax: lambda steps: steps.max(axis=0),
}


def test_mask_of_ids_and_numbers() -> None:
    ids = keras.ops.convert_to_tensor([[3, -1], [0, 7]])
    numbers = keras.ops.convert_to_tensor([[0.0, np.nan], [-1.0, np.inf]])
    assert np.asarray(PaddingMask()(ids)).tolist() == [[True, False], [True, True]]
    assert np.asarray(PaddingMask()(numbers)).tolist() == [[True, False], [True, True]]
    symbol = PaddingMask()(keras.Input((5,), dtype="int32"))
    assert (symbol.shape, symbol.dtype) == ((None, 5), "bool")


@pytest.mark.parametrize("layer", POOLERS)
def test_poolers(layer: Any) -> None:
    expected = [POOLERS[layer](x[m]) if m.any() else np.zeros(3) for x, m in zip(X, MASK, strict=True)]
    np.testing.assert_allclose(layer()(X, MASK), expected, rtol=1e-6)


@pytest.mark.parametrize("layer", POOLERS)
def test_gradients_are_finite_and_zero_on_padding(layer: Any) -> None:
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(layer()(x, MASK) ** 2)
    gradient = tape.gradient(loss, x).numpy()
    assert np.isfinite(gradient).all()
    assert (gradient[~MASK] == 0).all()
    assert (np.abs(gradient[MASK]).sum(axis=-1) > 0).any()


def test_fill_padding() -> None:
    np.testing.assert_array_equal(FillPadding()(X, MASK), np.where(MASK[:, :, None], X, 0))


def test_batch_normalization_of_keras_skips_padding_by_its_mask() -> None:
    # Why there is no layer of ours for this. It multiplies by the mask, so padding must be finite: FillPadding before it.
    # A thousand, unlike zero, would show in the statistics of few steps.
    normalize = keras.layers.BatchNormalization(momentum=0.0)
    filled = np.where(MASK[:, :, None], X, 1e3)
    y = np.asarray(normalize(filled, training=True, mask=tf.constant(MASK)))
    real = X[MASK]
    expected = (real - real.mean(axis=0)) / np.sqrt(real.var(axis=0) + normalize.epsilon)
    np.testing.assert_allclose(y[MASK], expected, atol=2e-3)
    np.testing.assert_allclose(normalize.moving_mean, real.mean(axis=0), rtol=1e-4)


@pytest.mark.parametrize("layer", [*POOLERS, FillPadding])
def test_in_a_functional_model_saved_and_loaded(layer: Any, saved_and_loaded: Any) -> None:
    x, mask = keras.Input((4, 3)), keras.Input((4,), dtype="bool")
    model = keras.Model([x, mask], layer(name="pool")(x, mask))
    again = saved_and_loaded(model)
    assert model.output_shape == ((None, 4, 3) if layer is FillPadding else (None, 3))
    np.testing.assert_array_equal(model([X, MASK]), again([X, MASK]))


def test_masked_batch_normalization_is_that_of_keras_and_ties_no_mask_to_its_result() -> None:
    x, mask = keras.Input((4, 3)), keras.Input((4,), dtype="bool")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Keras warns where a mask that it tied to a result gets lost
        y = MaskedMax()(keras.layers.Dense(2)(MaskedBatchNormalization(momentum=0.0, name="norm")(x, mask=mask)), mask)
    model = keras.Model([x, mask], y)
    ours, theirs = model.get_layer("norm"), keras.layers.BatchNormalization(momentum=0.0)
    filled, real = FillPadding()(X, MASK), tf.constant(MASK)
    np.testing.assert_array_equal(ours(filled, training=True, mask=real), theirs(filled, training=True, mask=real))
    np.testing.assert_array_equal(ours.moving_variance, theirs.moving_variance)
