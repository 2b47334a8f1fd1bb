"""Groups of variables with their own optimizers, against the optimizers' formulas."""

from typing import Any

import keras
import numpy as np
import pytest

from specc.runtime.layers.embedding import Embedding
from specc.runtime.optimizers.groups import OptimizerGroups

RNG = np.random.default_rng(0)
IDS, X, Y = RNG.integers(0, 6, 32), RNG.normal(size=(32, 3)).astype("float32"), RNG.integers(0, 2, (32, 1))


def model_of(optimizer: Any) -> Any:
    keras.utils.set_random_seed(1)
    ids, x = keras.Input((), dtype="int32"), keras.Input((3,))
    both = keras.layers.Concatenate()([Embedding(6, 4, name="table")(ids), keras.layers.Dense(4, name="wide")(x)])
    hidden = keras.layers.Dense(4, activation="tanh", name="deep")(both)
    model = keras.Model([ids, x], keras.layers.Dense(1, name="deep_out")(hidden))
    model.compile(optimizer, loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model


def grouped() -> OptimizerGroups:
    groups = {"tables": keras.optimizers.Adagrad(0.05), "wide": keras.optimizers.SGD(0.1, momentum=0.9)}
    return OptimizerGroups(keras.optimizers.Adam(0.01), groups, {"tables": ["table"], "wide": ["wide"]})


def test_every_variable_follows_its_own_formula() -> None:
    optimizer = grouped()
    values = [RNG.normal(size=4).astype("float32") for _ in range(3)]
    variables = []
    for name, value in zip(("deep", "table", "wide"), values, strict=True):
        layer = keras.layers.Dense(4, use_bias=False, name=name)
        layer.build((1,))
        layer.kernel.assign(value[None])
        variables.append(layer.kernel)
    m = v = velocity = np.zeros(4)
    a = np.full(4, 0.1)  # Adagrad's initial accumulator in Keras
    adam, adagrad, sgd = (value.astype("float64") for value in values)
    for t in range(1, 6):
        gradients = [RNG.normal(size=4).astype("float32") for _ in range(3)]
        optimizer.apply([keras.ops.convert_to_tensor(g[None]) for g in gradients], variables)
        g = gradients[0]
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        adam -= 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)
        a = a + gradients[1] ** 2
        adagrad -= 0.05 * gradients[1] / np.sqrt(a + 1e-7)
        velocity = 0.9 * velocity - 0.1 * gradients[2]
        sgd += velocity
    for variable, expected in zip(variables, (adam, adagrad, sgd), strict=True):
        np.testing.assert_allclose(variable.numpy()[0], expected, rtol=1e-4, atol=1e-6)
    assert int(optimizer.iterations) == 5


def test_fits_with_iterations_counted_once_and_all_state_saved(saved_and_loaded: Any) -> None:
    model = model_of(grouped())
    model.fit([IDS, X], Y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    assert int(model.optimizer.iterations) == 8
    again = saved_and_loaded(model)
    assert [v.path for v in again.optimizer.variables] == [v.path for v in model.optimizer.variables]
    assert len(again.optimizer.variables) > 8
    for before, after in zip(model.optimizer.variables, again.optimizer.variables, strict=True):
        np.testing.assert_array_equal(before, after)
    for each in (model, again):
        each.fit([IDS, X], Y, batch_size=8, epochs=1, shuffle=False, verbose=0)
    for before, after in zip(model.weights, again.weights, strict=True):
        np.testing.assert_array_equal(before, after)


def test_state_is_written_once(tmp_path: Any) -> None:
    keras.utils.set_random_seed(0)

    def size(optimizer: Any) -> int:
        ids = keras.Input((), dtype="int32")
        output = keras.layers.Dense(1, name="out")(Embedding(50_000, 8, name="table")(ids))
        model = keras.Model(ids, output)
        model.compile(optimizer, loss="mse")
        model.fit(np.arange(8), np.zeros((8, 1)), verbose=0)
        model.save(tmp_path / "m.keras")
        return int((tmp_path / "m.keras").stat().st_size)

    alone = size(keras.optimizers.Adam(0.01))
    assert size(OptimizerGroups(keras.optimizers.SGD(0.1), {"t": keras.optimizers.Adam(0.01)}, {"t": ["table"]})) < 1.1 * alone


def test_callbacks_scale_all_rates_alike() -> None:
    optimizer = grouped()
    model = model_of(optimizer)
    schedule = keras.callbacks.LearningRateScheduler(lambda epoch: 0.01 * 0.5**epoch)
    model.fit([IDS, X], Y, epochs=3, verbose=0, callbacks=[schedule])
    rates = [float(each.learning_rate) for _, each in optimizer.members()]
    assert rates == pytest.approx([0.01 / 4, 0.05 / 4, 0.1 / 4])
    assert float(optimizer.learning_rate) == pytest.approx(0.01 / 4)
    plateau = keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.1, patience=0, min_delta=1e9)
    model.fit([IDS, X], Y, epochs=2, verbose=0, callbacks=[plateau])
    assert [float(each.learning_rate) for _, each in optimizer.members()] == pytest.approx([rate / 10 for rate in rates])


def test_a_group_with_a_schedule_keeps_to_it() -> None:
    schedule = keras.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)
    optimizer = OptimizerGroups(keras.optimizers.SGD(0.1), {"t": keras.optimizers.SGD(schedule)}, {"t": ["table"]})
    model = model_of(optimizer)
    optimizer.learning_rate = 0.2
    model.fit([IDS, X], Y, batch_size=16, verbose=0)
    assert float(optimizer.groups["t"].learning_rate) == pytest.approx(0.125)
    assert float(optimizer.learning_rate) == pytest.approx(0.2)


def test_layers_are_found_inside_composite_layers_by_whole_names() -> None:
    optimizer = grouped()
    assert optimizer.group_of("model/table/embeddings") == "tables"
    assert optimizer.group_of("table_2/embeddings") is None
    assert optimizer.group_of("wide/kernel") == "wide"


def test_a_group_without_a_gradient_waits() -> None:
    optimizer = grouped()
    model = model_of(optimizer)
    optimizer.build(model.trainable_variables)
    before = {v.path: v.numpy() for v in model.trainable_variables}
    gradients = [None if v.path.startswith("table") else keras.ops.ones_like(v) for v in model.trainable_variables]
    with pytest.warns(UserWarning, match="no gradients for .*table/table"):
        optimizer.apply(gradients, model.trainable_variables)
    changed = {v.path for v in model.trainable_variables if not np.array_equal(before[v.path], v)}
    assert changed == set(before) - {"table/table"}
    with pytest.raises(ValueError, match="no gradients"):
        optimizer.apply([None] * len(gradients), model.trainable_variables)


def test_refusals() -> None:
    sgd = keras.optimizers.SGD
    with pytest.raises(ValueError, match="but layers for"):
        OptimizerGroups(sgd(0.1), {"a": sgd(0.1)}, {"b": ["table"]})
    empty = OptimizerGroups(sgd(0.1), {"a": sgd(0.1)}, {"a": ["nowhere"]})
    with pytest.raises(ValueError, match="no variable is in optimizer group a"):
        empty.build(model_of("sgd").trainable_variables)
    both = OptimizerGroups(sgd(0.1), {"a": sgd(0.1), "b": sgd(0.1)}, {"a": ["table"], "b": ["deep", "table"]})
    with pytest.raises(ValueError, match="in 2 optimizer groups: a, b"):
        both.build(model_of("sgd").trainable_variables)
    with pytest.raises(ValueError, match="not built"):
        grouped().apply([keras.ops.ones(1)])
