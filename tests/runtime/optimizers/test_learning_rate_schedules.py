"""Keras' cosine schedule with a warmup, under the optimizers by rows: the rate that each step applies, against the formula."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from specc.runtime.layers.embedding import Embedding
from specc.runtime.layers.losses import PerRow
from specc.runtime.optimizers.groups import OptimizerGroups
from specc.runtime.optimizers.lazy import LazyAdagrad, LazyAdam, LazySGD
from specc.runtime.optimizers.rowwise_adagrad import RowwiseAdagrad
from specc.runtime.training.model import TrainingModel

STEPS, AT_ONCE, RATE = 40, 16, 0.02  # the last call of `fit` makes fewer steps than 16


def warmup_cosine(rate: float, warmup: int, steps: int) -> Any:
    """From 0 to the rate over the first steps, and half a cosine to 0 over the others."""
    return keras.optimizers.schedules.CosineDecay(0.0, decay_steps=steps - warmup, warmup_target=rate, warmup_steps=warmup)


def rates(rate: float, warmup: int, steps: int) -> Any:
    """The same in NumPy, of each step, the first being 0."""
    step = np.arange(steps)
    rising = rate * step / max(warmup, 1)
    falling = rate * (1 + np.cos(np.pi * (step - warmup) / (steps - warmup))) / 2
    return np.where(step < warmup, rising, falling)


def model_of(optimizer: Any, pooled: bool) -> Any:
    """Tables `a` and `b` of a row for each step, and a loss by which the gradient of what a step looks up is 1."""
    inputs = keras.Input((1,) if pooled else (), dtype="int32", name="row")
    tables = [Embedding(STEPS, 1, initializer="zeros", name=name) for name in "ab"]
    found = [table(inputs, combiner="sum") if pooled else table(inputs) for table in tables]
    model = TrainingModel(inputs, {"loss": keras.layers.Add()(found)})
    model.compile(optimizer, loss={"loss": PerRow()}, steps_per_execution=AT_ONCE, jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    return model


def rows(start: int, end: int) -> Any:
    """A step for each row: its id, and a label that is not read."""
    ids = np.arange(start, end, dtype="int32")
    return tf.data.Dataset.from_tensor_slices((ids[:, None], {"loss": np.zeros(end - start)})).batch(1)


def moved(model: Any, name: str) -> Any:
    """How far each step moved its own row of a table."""
    return -model.get_layer(name).values()[:, 0]


def adam_steps() -> Any:
    """What Adam multiplies the rate by where a row first meets a gradient, 1, in step t."""
    t = np.arange(1, STEPS + 1)
    return (0.1 / (1 - 0.9**t)) / (np.sqrt(0.001 / (1 - 0.999**t)) + 1e-7)


OPTIMIZERS = {
    "sgd": (LazySGD, 1.0),
    "adam": (LazyAdam, adam_steps()),
    "adagrad": (LazyAdagrad, 1 / np.sqrt(0.1 + 1 + 1e-7)),
    "rowwise_adagrad": (RowwiseAdagrad, 1 / (1 + 1e-8)),
}


@pytest.mark.parametrize("warmup", [10, 0])
@pytest.mark.parametrize("pooled", [True, False])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_each_step_applies_the_rate_of_the_formula(optimizer: str, pooled: bool, warmup: int) -> None:
    kind, times = OPTIMIZERS[optimizer]
    model = model_of(kind(warmup_cosine(RATE, warmup, STEPS)), pooled)
    model.fit(rows(0, STEPS), shuffle=False, verbose=0)
    expected = rates(RATE, warmup, STEPS)
    assert expected[warmup] == RATE
    for name in "ab":
        np.testing.assert_allclose(moved(model, name), expected * times, rtol=1e-4, atol=1e-8)
    assert float(model.optimizer.learning_rate) == pytest.approx(0, abs=1e-9)


def test_each_group_follows_its_own_schedule() -> None:
    groups = {"tables": RowwiseAdagrad(warmup_cosine(0.3, 4, 30))}
    model = model_of(OptimizerGroups(LazySGD(warmup_cosine(RATE, 10, STEPS)), groups, {"tables": ["b"]}), pooled=True)
    model.fit(rows(0, STEPS), shuffle=False, verbose=0)
    np.testing.assert_allclose(moved(model, "a"), rates(RATE, 10, STEPS), rtol=1e-4, atol=1e-8)
    expected = np.concatenate([rates(0.3, 4, 30), np.zeros(10)])  # behind its end the rate stays 0
    np.testing.assert_allclose(moved(model, "b"), expected, rtol=1e-4, atol=1e-7)


def test_a_schedule_goes_on_after_save_and_load(saved_and_loaded: Any) -> None:
    groups = {"tables": LazySGD(0.5)}
    model = model_of(OptimizerGroups(LazySGD(warmup_cosine(RATE, 10, STEPS)), groups, {"tables": ["b"]}), pooled=False)
    model.fit(rows(0, 23), shuffle=False, verbose=0)
    again = saved_and_loaded(model)
    again.fit(rows(23, STEPS), shuffle=False, verbose=0)
    np.testing.assert_allclose(moved(again, "a"), rates(RATE, 10, STEPS), rtol=1e-4, atol=1e-8)
    np.testing.assert_allclose(moved(again, "b"), np.full(STEPS, 0.5), rtol=1e-6)
