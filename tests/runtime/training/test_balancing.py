"""Losses that a balancer weighs: the formula in NumPy, the weights that it learns, and a model that is trained with them."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from specc.runtime.layers.embedding import Embedding
from specc.runtime.layers.seeding import initialize
from specc.runtime.optimizers.groups import OptimizerGroups
from specc.runtime.optimizers.lazy import LazyAdam, LazySGD
from specc.runtime.optimizers.rowwise_adagrad import RowwiseAdagrad
from specc.runtime.training.balanced import BalancedModel
from specc.runtime.training.balancing import Balancer, Uncertainty
from specc.runtime.training.model import TrainingModel

RNG = np.random.default_rng(0)
ROWS, DIM, BATCH = 20, 3, 8
NAMES = ["click", "time"]
WEIGHTS = {"click": 2.0, "time": 0.5}
MEAN = "mean_with_sample_weight"


def losses() -> dict[str, Any]:
    return {
        "click": keras.losses.BinaryCrossentropy(from_logits=True, reduction=MEAN),
        "time": keras.losses.MeanSquaredError(reduction=MEAN),
    }


def test_total_and_gradients_are_those_of_the_formula() -> None:
    balancer = Uncertainty(["b", "a", "c"])
    np.testing.assert_array_equal(balancer.s, np.zeros(3))
    s, loss, weight = np.array([0.3, -1.2, 2.0]), {"a": 4.0, "b": 0.7, "c": 0.02}, {"a": 0.5, "b": 3.0, "c": 1.0}
    balancer.s.assign(s)
    given = {name: tf.constant(value) for name, value in loss.items()}
    with tf.GradientTape() as tape:
        tape.watch(given)
        total = balancer.total(given, weight)
    by_s, by_loss = tape.gradient(total, [balancer.s.value, given])
    assert (total.shape, total.dtype) == ((), tf.float32)
    order = ["b", "a", "c"]
    expected = sum(np.exp(-each) * weight[name] * loss[name] + each / 2 for each, name in zip(s, order, strict=True))
    assert float(total) == pytest.approx(expected, rel=1e-6)
    slopes = [0.5 - np.exp(-each) * weight[name] * loss[name] for each, name in zip(s, order, strict=True)]
    np.testing.assert_allclose(by_s, slopes, rtol=1e-5)
    for each, name in zip(s, order, strict=True):
        assert float(by_loss[name]) == pytest.approx(np.exp(-each) * weight[name], rel=1e-6)


def test_refusals() -> None:
    for names in ([], ["a", "a"]):
        with pytest.raises(ValueError, match="each of them once"):
            Uncertainty(names)
    with pytest.raises(ValueError, match="balances a, b, and is given b"):
        Uncertainty(["a", "b"]).total({"b": 1.0}, {"b": 1.0})
    with pytest.raises(NotImplementedError):
        Balancer().total({}, {})


def test_two_regressions_learn_the_logarithms_of_their_noise() -> None:
    # d/ds (exp(-s) w L + s / 2) = 0 where s = log(2 w L), and L is the variance of the noise once the regressions are exact.
    keras.utils.set_random_seed(0)
    x = RNG.normal(size=(4000, 2)).astype("float32")
    noise = {"click": 0.2, "time": 3.0}
    y = {name: x @ [[1.0], [-2.0]] + scale * RNG.normal(size=(4000, 1)) for name, scale in noise.items()}
    inputs = keras.Input((2,), name="x")
    outputs = {name: keras.layers.Dense(1, name=name)(inputs) for name in NAMES}
    model = BalancedModel(inputs, outputs, balancer=Uncertainty(NAMES))
    model.compile(LazyAdam(0.05), loss=dict.fromkeys(NAMES, "mse"), loss_weights=WEIGHTS, jit_compile=False)
    model.fit(x, y, batch_size=500, epochs=60, verbose=0)
    measured = model.evaluate(x, y, batch_size=4000, verbose=0, return_dict=True)
    for place, name in enumerate(NAMES):
        assert measured[f"{name}_loss"] == pytest.approx(noise[name] ** 2, rel=0.05)
        best = np.log(2 * WEIGHTS[name] * measured[f"{name}_loss"])
        assert float(model.balancer.s[place]) == pytest.approx(best, abs=0.1)
    best = sum((1 + np.log(2 * WEIGHTS[name] * measured[f"{name}_loss"])) / 2 for name in NAMES)
    assert measured["loss"] == pytest.approx(best, abs=0.02)


def data(steps: int) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(0)
    x = {
        "recent": rng.integers(-1, ROWS, (steps * BATCH, 5)).astype("int32"),
        "item": rng.integers(0, ROWS, steps * BATCH).astype("int32"),
    }
    y = {
        "click": rng.integers(0, 2, (steps * BATCH, 1)).astype("float32"),
        "time": rng.normal(size=(steps * BATCH, 1)).astype("float32"),
    }
    return x, y, {name: rng.uniform(0, 2, steps * BATCH).astype("float32") for name in NAMES}


def model_of(balancer: Any, pooled: bool = True, l2: float = 0.0, decay: float = 0.0) -> Any:
    """Two heads on a table, which is looked up in bags, too, or only row by row."""
    keras.utils.set_random_seed(5)
    table = Embedding(ROWS, DIM, l2=l2, name="table")
    inputs = {"recent": keras.Input((None,), dtype="int32", name="recent"), "item": keras.Input((), dtype="int32", name="item")}
    bag = table(inputs["recent"], combiner="mean") if pooled else keras.ops.mean(table(inputs["recent"]), axis=1)
    both = keras.layers.Concatenate()([bag, table(inputs["item"])])
    regularizer = keras.regularizers.L2(decay) if decay else None
    outputs = {name: keras.layers.Dense(1, kernel_regularizer=regularizer, name=name)(both) for name in NAMES}
    if balancer is None:
        return TrainingModel(inputs, outputs)
    return BalancedModel(inputs, outputs, balancer=balancer, name="balanced")


class Plain(Balancer):
    """The sum that Keras makes by itself."""

    def total(self, losses: Any, weights: Any) -> Any:
        return sum(weights[name] * losses[name] for name in losses)


def fitted(model: Any, optimizer: Any, steps_per_execution: int = 1, eagerly: bool = False) -> dict[str, list[float]]:
    model.compile(
        optimizer,
        loss=losses(),
        loss_weights=WEIGHTS,
        jit_compile=False,
        run_eagerly=eagerly,
        steps_per_execution=steps_per_execution,
    )
    x, y, weight = data(20)
    return dict(model.fit(x, y, sample_weight=weight, batch_size=BATCH, shuffle=False, epochs=2, verbose=0).history)


@pytest.mark.parametrize("pooled", [True, False])
@pytest.mark.parametrize("penalties", [{}, {"l2": 0.1, "decay": 0.01}])
def test_a_plain_sum_trains_as_without_a_balancer(pooled: bool, penalties: Any) -> None:
    made, expected = model_of(Plain(), pooled, **penalties), model_of(None, pooled, **penalties)
    logs, expected_logs = fitted(made, LazySGD(0.1)), fitted(expected, LazySGD(0.1))
    assert set(logs) == set(expected_logs) == {"loss", "click_loss", "time_loss"}
    for name, values in logs.items():
        assert values == pytest.approx(expected_logs[name], rel=1e-5)
    for one, other in zip(made.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("penalties", [{}, {"l2": 0.1, "decay": 0.01}])
def test_the_logs_of_a_batch(penalties: Any) -> None:
    model = model_of(Uncertainty(NAMES), **penalties)
    model.compile(LazySGD(0.0), loss=losses(), loss_weights=WEIGHTS, jit_compile=False)
    s = np.array([0.4, -0.6])
    model.balancer.s.assign(s)
    x, y, weight = data(1)
    predicted = {name: values[:, 0].astype("float64") for name, values in model.predict(x, verbose=0).items()}
    labels = {name: values[:, 0] for name, values in y.items()}
    own = {
        "click": np.log1p(np.exp(predicted["click"])) - labels["click"] * predicted["click"],
        "time": (predicted["time"] - labels["time"]) ** 2,
    }
    means = {name: np.average(own[name], weights=weight[name]) for name in NAMES}
    total = sum(np.exp(-each) * WEIGHTS[name] * means[name] + each / 2 for each, name in zip(s, NAMES, strict=True))
    if penalties:
        table = model.get_layer("table").values().astype("float64")
        looked_up = [*x["recent"][x["recent"] >= 0], *x["item"]]
        total += 0.1 * (table[looked_up] ** 2).sum() / BATCH
        total += 0.01 * sum((model.get_layer(name).kernel.numpy().astype("float64") ** 2).sum() for name in NAMES)
    for measured in (
        model.train_on_batch(x, y, weight, return_dict=True),
        model.test_on_batch(x, y, weight, return_dict=True),
        model.evaluate(x, y, sample_weight=weight, batch_size=BATCH, verbose=0, return_dict=True),
    ):
        assert measured["loss"] == pytest.approx(total, rel=1e-5)
        assert measured["click_loss"] == pytest.approx(means["click"], rel=1e-5)
        assert measured["time_loss"] == pytest.approx(means["time"], rel=1e-5)
        model.reset_metrics()


OPTIMIZERS = {
    "adam": lambda: LazyAdam(0.05),
    "rowwise_adagrad": lambda: RowwiseAdagrad(0.05),
    "groups": lambda: OptimizerGroups(LazySGD(0.05), {"tables": RowwiseAdagrad(0.5)}, {"tables": ["table"]}),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_many_steps_at_once_are_as_many_single_ones(optimizer: str) -> None:
    one, many, eager = (model_of(Uncertainty(NAMES)) for _ in range(3))
    expected = fitted(one, OPTIMIZERS[optimizer]())
    assert np.abs(one.balancer.s.numpy()).min() > 0.01
    for model, logs in (
        (many, fitted(many, OPTIMIZERS[optimizer](), 16)),
        (eager, fitted(eager, OPTIMIZERS[optimizer](), 1, True)),
    ):
        assert set(logs) == set(expected)
        for name, values in logs.items():
            assert values == pytest.approx(expected[name], rel=1e-4)
        for before, after in zip(one.get_weights(), model.get_weights(), strict=True):
            np.testing.assert_allclose(before, after, rtol=1e-3, atol=1e-5)


def test_the_default_optimizer_of_groups_trains_the_balancer() -> None:
    optimizer = OptimizerGroups(
        LazySGD(0.25), {"tables": LazySGD(0.0), "heads": LazySGD(0.0)}, {"tables": ["table"], "heads": NAMES}
    )
    model = model_of(Uncertainty(NAMES))
    model.compile(optimizer, loss=losses(), loss_weights=WEIGHTS, jit_compile=False)
    optimizer.build(model.trainable_variables)
    x, y, weight = data(1)
    measured = model.train_on_batch(x, y, weight, return_dict=True)
    slopes = [0.5 - WEIGHTS[name] * measured[f"{name}_loss"] for name in NAMES]
    np.testing.assert_allclose(model.balancer.s, -0.25 * np.array(slopes), rtol=1e-4)


def test_the_same_after_save_and_load(saved_and_loaded: Any) -> None:
    model = model_of(Uncertainty(NAMES))
    fitted(model, OPTIMIZERS["groups"](), 16)
    again = saved_and_loaded(model)
    assert type(again) is BalancedModel
    assert again.name == "balanced"
    assert again.balancer.names == tuple(NAMES)
    assert again.balancer.s.path == model.balancer.s.path
    assert len(again.weights) == len(model.weights)
    x, y, weight = data(20)
    for each in (model, again):
        each.fit(x, y, sample_weight=weight, batch_size=BATCH, shuffle=False, verbose=0)
    for before, after in zip(model.variables, again.variables, strict=True):
        np.testing.assert_array_equal(before, after)


def test_initialized_by_names_it_starts_at_zero() -> None:
    model = model_of(Uncertainty(NAMES))
    model.balancer.s.assign([3.0, 4.0])
    initialize(model, 7)
    np.testing.assert_array_equal(model.balancer.s, np.zeros(2))
    assert [v.path for v in model.trainable_variables if v.path.startswith("uncertainty")] == ["uncertainty/s"]


def test_losses_of_other_names_are_refused() -> None:
    model = model_of(Uncertainty(["click", "like"]))
    model.compile("sgd", loss=losses(), jit_compile=False)
    x, y, _ = data(1)
    with pytest.raises(ValueError, match="balances click, like, and is given click, time"):
        model.train_on_batch(x, y)
