"""When training stops, and with which weights."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from specc.runtime.features.errors import DataError
from specc.runtime.training.validation import Validation


def trained(metrics: list[float], **options: Any) -> tuple[Validation, Any, list[float]]:
    """Trains a model whose only weight is 1 larger after each epoch, and measures the given numbers; gives the log, too."""
    model = keras.Sequential([keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.build((None, 1))
    model.compile(keras.optimizers.SGD(1.0), "mae")  # the gradient is -1 while the label is far above
    left = iter(metrics)
    validation = Validation(lambda: {"p.auc": next(left), "p.other": 0.0}, **options)
    history = model.fit(
        np.ones((1, 1)), np.full((1, 1), 100.0), epochs=len(metrics), callbacks=[validation], verbose=0
    )  # fmt: skip
    return validation, float(model.get_weights()[0][0, 0]), history.history["val_p.auc"]


def test_the_best_epochs_weights_are_kept_and_training_stops_after_patience() -> None:
    validation, weight, log = trained([0.5, 0.7, 0.6, 0.7, 0.9], monitor="p.auc", patience=2)
    assert log == [0.5, 0.7, 0.6, 0.7]
    assert weight == 2.0
    assert (validation.best_epoch, validation.best) == (1, {"p.auc": 0.7, "p.other": 0.0})


def test_less_can_be_better() -> None:
    validation, weight, log = trained([0.5, 0.3, 0.4], monitor="p.auc", better="min", patience=5)
    assert (weight, validation.best_epoch, len(log)) == (2.0, 1, 3)


def test_without_a_monitor_the_last_weights_stay() -> None:
    validation, weight, log = trained([0.5, 0.3, 0.4])
    assert (weight, validation.best_epoch, len(log)) == (3.0, 2, 3)


def test_what_cannot_be_measured_cannot_stop_training() -> None:
    with pytest.raises(DataError, match=r"p\.auc cannot be measured"):
        trained([float("nan"), 0.2], monitor="p.auc", patience=3)
    _, _, log = trained([float("nan")] * 2)
    assert len(log) == 2


def test_a_monitor_that_is_not_measured_is_refused() -> None:
    with pytest.raises(ValueError, match=r"p\.recall is not measured, but p\.auc"):
        trained([0.5], monitor="p.recall")
    with pytest.raises(ValueError, match="max"):
        Validation(dict, better="more")


def test_weights_that_are_nan_stop_training_though_the_loss_is_a_number() -> None:
    model = keras.Sequential([keras.layers.Dense(1, name="last")])
    model.build((None, 2))
    validation = Validation(dict)
    validation.set_model(model)
    validation.on_epoch_end(0, {"loss": 0.5})
    model.layers[0].kernel.assign([[1.0], [np.nan]])
    with pytest.raises(FloatingPointError, match="last/kernel holds NaN or infinity after epoch 2"):
        validation.on_epoch_end(1, {"loss": 0.5})


def test_a_loss_that_is_nan_stops_training() -> None:
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    never: Callable[[], dict[str, float]] = lambda: pytest.fail("measured")  # noqa: E731
    with pytest.raises(FloatingPointError, match="loss is nan after epoch 1"):
        model.fit(np.full((2, 1), np.nan), np.zeros((2, 1)), callbacks=[Validation(never)], verbose=0)
