"""Metrics of single predictions against their definitions."""

import math
import warnings
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from specc.runtime.metrics.pointwise import accuracy, auc, logloss, mae, rmse

RNG = np.random.default_rng(3)
LABELS = RNG.integers(0, 2, 40)
PREDICTIONS = np.round(RNG.random(40), 1)  # with ties
WEIGHTS = RNG.random(40)


def test_auc_is_how_often_a_positive_is_above_a_negative() -> None:
    def pairs(w: Any) -> Any:
        good = total = 0.0
        for i in np.flatnonzero(LABELS == 1):
            for j in np.flatnonzero(LABELS == 0):
                total += w[i] * w[j]
                good += w[i] * w[j] * ((PREDICTIONS[i] > PREDICTIONS[j]) + 0.5 * (PREDICTIONS[i] == PREDICTIONS[j]))
        return good / total

    assert auc(LABELS, PREDICTIONS) == pytest.approx(pairs(np.ones(40)))
    assert auc(LABELS, PREDICTIONS, WEIGHTS) == pytest.approx(pairs(WEIGHTS))
    assert auc(LABELS, np.full(40, 0.3)) == 0.5


def test_logloss_accuracy_and_errors_by_hand() -> None:
    labels, predictions, weights = [1, 0, 1, 0], [0.9, 0.2, 0.5, 0.6], [1.0, 2.0, 3.0, 4.0]
    losses = -np.log([0.9, 0.8, 0.5, 0.4])
    assert logloss(labels, predictions) == pytest.approx(losses.mean())
    assert logloss(labels, predictions, weights) == pytest.approx(np.average(losses, weights=weights))
    assert accuracy(labels, predictions) == 0.5  # 0.5 is not above one half
    assert accuracy(labels, predictions, weights) == pytest.approx(0.3)
    assert mae(labels, predictions, weights) == pytest.approx((0.1 + 0.4 + 1.5 + 2.4) / 10)
    assert rmse(labels, predictions, weights) == pytest.approx(math.sqrt((0.01 + 0.08 + 0.75 + 1.44) / 10))


def test_a_probability_of_one_half_says_no_as_in_keras() -> None:
    predictions = [0.5, 0.5, 0.5, np.nextafter(np.float32(0.5), np.float32(1))]
    for labels, good in (([0, 0, 1, 1], 3), ([1, 1, 1, 0], 0), ([0, 0, 0, 1], 4)):
        assert accuracy(labels, predictions) == good / 4
        keras_says = keras.metrics.BinaryAccuracy()(np.array(labels)[:, None], np.array(predictions, "float32")[:, None])
        assert float(keras_says) == good / 4


def test_logloss_of_sure_mistakes_is_finite_and_of_one_class_is_defined() -> None:
    assert 30 < logloss([1, 0], [0.0, 1.0]) < 40
    assert logloss([1, 1], [0.5, 0.5]) == pytest.approx(math.log(2))


def test_one_class_only_is_nan_without_a_sound() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert math.isnan(auc([1, 1, 1], [0.1, 0.2, 0.3]))
        assert math.isnan(auc([1, 0], [0.1, 0.2], [1.0, 0.0]))


@pytest.mark.parametrize("metric", [auc, logloss, accuracy, rmse, mae])
def test_no_rows_are_nan_and_rows_of_weight_0_are_not_read(metric: Callable[..., float]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert math.isnan(metric([], []))
        assert math.isnan(metric([1, 0], [0.3, 0.4], [0, 0]))
    whole = metric([1, 0, 0], [0.6, 0.7, 0.1])
    assert metric([[1], [0], [np.nan], [0]], [[0.6], [0.7], [0.5], [0.1]], [1, 1, 0, 1]) == whole


@pytest.mark.parametrize("metric", [auc, logloss, accuracy, rmse, mae])
def test_lengths_must_match(metric: Callable[..., float]) -> None:
    with pytest.raises(ValueError, match="2 labels, 3 predictions"):
        metric([1, 0], [0.1, 0.2, 0.3])
