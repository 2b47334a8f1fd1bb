"""What the losses come to over a batch: sum(w * l) / sum(w), and 0 without rows."""

import keras
import numpy as np
import pytest

from specc.runtime.layers.losses import PerRow

ROWS, WEIGHTS = np.array([1.0, 2.0, 4.0], "float32"), np.array([0.5, 0.0, 1.5], "float32")


def test_per_row() -> None:
    loss = PerRow()
    assert float(loss(np.zeros(3), ROWS)) == pytest.approx(7 / 3)
    assert float(loss(np.zeros(3), ROWS, sample_weight=WEIGHTS)) == pytest.approx(6.5 / 2)
    assert float(loss(np.zeros(3), ROWS, sample_weight=np.zeros(3))) == 0
    assert float(loss(np.zeros(1), ROWS[:1], sample_weight=WEIGHTS[:1])) == pytest.approx(1.0)


def test_keras_losses_do_the_same_so_there_are_none_of_ours() -> None:
    loss = keras.losses.BinaryCrossentropy(from_logits=True, reduction="mean_with_sample_weight")
    labels, logits = np.array([[1.0], [0.0], [1.0]]), np.array([[0.3], [2.0], [-1.0]])
    rows = np.log1p(np.exp(-logits[:, 0] * np.array([1, -1, 1])))
    assert float(loss(labels, logits)) == pytest.approx(rows.mean(), rel=1e-5)
    assert float(loss(labels, logits, sample_weight=WEIGHTS)) == pytest.approx((rows @ WEIGHTS) / WEIGHTS.sum(), rel=1e-5)
    assert float(loss(labels, logits, sample_weight=np.zeros(3))) == 0


def test_per_row_in_fit_survives_a_batch_without_rows_and_its_config() -> None:
    x = keras.Input((2,))
    output = keras.layers.Reshape(())(keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")(x))
    model = keras.Model(x, output)
    model.compile(keras.optimizers.SGD(1.0), loss=keras.losses.deserialize(keras.losses.serialize(PerRow())))
    model.fit(np.ones((4, 2)), np.zeros(4), sample_weight=np.zeros(4), batch_size=4, verbose=0)
    np.testing.assert_array_equal(model.get_weights()[0], [[1.0], [1.0]])
    model.fit(np.ones((4, 2)), np.zeros(4), sample_weight=np.array([1, 3, 0, 0]), batch_size=4, verbose=0)
    np.testing.assert_array_equal(model.get_weights()[0], [[0.0], [0.0]])
