"""Optimizers that update the rows of a table: against formulas in NumPy, and against Keras on a table of just those rows."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from specc.runtime.optimizers import lazy
from specc.runtime.optimizers.rowwise_adagrad import RowwiseAdagrad

ROWS, DIM, STEPS = 7, 3, 5
TOUCHED = [1, 4]
ALL = ["Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lion", "Nadam", "RMSprop", "SGD"]


def table(values):
    variable = keras.Variable(values.astype("float32"), name="table")
    variable.tables = {"first": (0, 3), "second": (3, 4)}
    return variable


def slices(values, rows):
    return tf.IndexedSlices(tf.constant(values), tf.constant(rows), tf.constant([ROWS, DIM]))


def trained(optimizer, seed=0):
    """The table before, the gradients of each step (the second row twice in a batch), the table after, and the steps."""
    rng = np.random.default_rng(seed)
    start = rng.normal(size=(ROWS, DIM)).astype("float32")
    gradients = rng.normal(size=(STEPS, 3, DIM)).astype("float32")
    variable = table(start)
    optimizer.build([variable])

    @tf.function
    def step(gradient):
        optimizer.apply([tf.IndexedSlices(gradient, tf.constant([4, 1, 4]), tf.constant([ROWS, DIM]))], [variable])

    for gradient in gradients:
        step(tf.constant(gradient))
    merged = np.stack([gradients[:, 1], gradients[:, 0] + gradients[:, 2]], axis=1)  # of rows 1 and 4
    return start, merged.astype("float64"), variable.numpy()


def check(start, after, expected):
    np.testing.assert_allclose(after[TOUCHED], expected, rtol=2e-5, atol=5e-6)
    others = [row for row in range(ROWS) if row not in TOUCHED]
    assert (after[others] == start[others]).all()


def test_sgd_is_its_formula():
    start, gradients, after = trained(lazy.LazySGD(0.1))
    check(start, after, start[TOUCHED] - 0.1 * gradients.sum(axis=0))


def test_momentum_is_its_formula():
    start, gradients, after = trained(lazy.LazySGD(0.1, momentum=0.9))
    w, velocity = start[TOUCHED].astype("float64"), 0.0
    for g in gradients:
        velocity = 0.9 * velocity - 0.1 * g
        w = w + velocity
    check(start, after, w)


def test_adagrad_is_its_formula():
    start, gradients, after = trained(lazy.LazyAdagrad(0.1, initial_accumulator_value=0.2))
    w, a = start[TOUCHED].astype("float64"), 0.2
    for g in gradients:
        a = a + g**2
        w = w - 0.1 * g / np.sqrt(a + 1e-7)
    check(start, after, w)


def test_rowwise_adagrad_is_its_formula():
    start, gradients, after = trained(RowwiseAdagrad(0.1, initial_accumulator_value=0.2))
    w, a = start[TOUCHED].astype("float64"), np.full((2, 1), 0.2)
    for g in gradients:
        a = a + (g**2).mean(axis=1, keepdims=True)
        w = w - 0.1 * g / (np.sqrt(a) + 1e-7)
    check(start, after, w)


def test_rowwise_adagrad_starts_from_zero_as_fbgemm_does():
    start, gradients, after = trained(RowwiseAdagrad(0.1))
    w, a = start[TOUCHED].astype("float64"), np.zeros((2, 1))
    for g in gradients:
        a = a + (g**2).mean(axis=1, keepdims=True)
        w = w - 0.1 * g / (np.sqrt(a) + 1e-8)
    check(start, after, w)


def test_rowwise_adagrad_decays_the_rows_of_a_step():
    start, gradients, after = trained(RowwiseAdagrad(0.1, weight_decay=0.5))
    w, a = start[TOUCHED].astype("float64"), np.zeros((2, 1))
    for g in gradients:
        w = w - 0.1 * 0.5 * w
        a = a + (g**2).mean(axis=1, keepdims=True)
        w = w - 0.1 * g / (np.sqrt(a) + 1e-8)
    check(start, after, w)


def test_adam_is_its_formula():
    start, gradients, after = trained(lazy.LazyAdam(0.1))
    w, m, v = start[TOUCHED].astype("float64"), 0.0, 0.0
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        w = w - 0.1 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-7)
    check(start, after, w)


def test_ftrl_is_its_formula():
    options = {"l1_regularization_strength": 0.01, "l2_regularization_strength": 0.02, "beta": 0.3}
    start, gradients, after = trained(lazy.LazyFtrl(0.1, initial_accumulator_value=0.1, **options))
    w, n, z = start[TOUCHED].astype("float64"), np.full((2, DIM), 0.1), np.zeros((2, DIM))
    for g in gradients:
        sigma = (np.sqrt(n + g**2) - np.sqrt(n)) / 0.1
        z, n = z + g - sigma * w, n + g**2
        w = (np.clip(z, -0.01, 0.01) - z) / ((0.3 + np.sqrt(n)) / 0.1 + 2 * 0.02)
    check(start, after, w)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("options", [{}, {"clipnorm": 0.5}, {"global_clipnorm": 0.5}, {"weight_decay": 0.1}], ids=str)
def test_each_is_keras_on_a_table_of_these_rows(name, options):
    """Beside a dense variable, whose gradient counts for the norm of all and which is updated as by Keras."""
    rng = np.random.default_rng(1)
    start = rng.normal(size=(ROWS, DIM)).astype("float32")
    large, small = table(start), keras.Variable(start[TOUCHED])
    kernels = [keras.Variable(np.ones(DIM, "float32")) for _ in range(2)]
    ours, keras_own = getattr(lazy, f"Lazy{name}")(0.1, **options), getattr(keras.optimizers, name)(0.1, **options)
    ours.build([large, kernels[0]])
    keras_own.build([small, kernels[1]])
    for _ in range(STEPS):
        g, dense = rng.normal(size=(3, DIM)).astype("float32"), tf.constant(rng.normal(size=DIM).astype("float32"))
        ours.apply([slices(g, [4, 1, 4]), dense], [large, kernels[0]])
        keras_own.apply([tf.constant(np.stack([g[1], g[0] + g[2]])), dense], [small, kernels[1]])
    check(start, large.numpy(), small.numpy())
    np.testing.assert_allclose(kernels[0].numpy(), kernels[1].numpy(), rtol=1e-6)


def test_rows_that_a_step_does_not_look_up_keep_their_moments():
    variable = table(np.zeros((ROWS, DIM)))
    optimizer = lazy.LazyAdam(0.1)
    optimizer.build([variable])
    optimizer.apply([slices(np.ones((1, DIM), "float32"), [2])], [variable])
    before = variable.numpy()[2].copy()
    optimizer.apply([slices(np.ones((1, DIM), "float32"), [5])], [variable])
    assert (variable.numpy()[2] == before).all()
    moments = optimizer._momentums[0].resource.numpy()
    np.testing.assert_allclose(moments[[2, 5]], 0.1, rtol=1e-6)
    assert (moments[[0, 1, 3, 4, 6]] == 0).all()


@pytest.mark.parametrize("name", ["Adam", "RowwiseAdagrad"])
def test_a_dense_gradient_of_a_table_updates_all_of_it(name):
    start = np.random.default_rng(2).normal(size=(ROWS, DIM))
    made = RowwiseAdagrad if name == "RowwiseAdagrad" else lazy.LazyAdam
    dense, sliced = table(start), table(start)
    gradient = np.random.default_rng(3).normal(size=(ROWS, DIM)).astype("float32")
    for variable, given in ((dense, tf.constant(gradient)), (sliced, slices(gradient, list(range(ROWS))))):
        optimizer = made(0.1)
        optimizer.build([variable])
        optimizer.apply([given], [variable])
    np.testing.assert_allclose(dense.numpy(), sliced.numpy(), rtol=1e-6)
    assert (dense.numpy() != start.astype("float32")).all()


def test_the_slot_of_a_row_is_one_number_in_rowwise_adagrad():
    variable = table(np.zeros((ROWS, DIM)))
    optimizer = RowwiseAdagrad(0.1)
    optimizer.build([variable, keras.Variable(np.zeros((2, 2), "float32"))])
    assert sorted(tuple(v.shape) for v in optimizer.variables if len(v.shape) == 2) == [(2, 2), (ROWS, 1)]


def test_slots_are_saved_by_the_name_of_the_table():
    start = np.random.default_rng(4).normal(size=(ROWS, DIM))
    grouped = table(start)
    first, second = (keras.Variable(start[part].astype("float32")) for part in (slice(0, 3), slice(3, ROWS)))
    first.tables, second.tables = {"first": (0, 3)}, {"second": (0, 4)}
    one, two = lazy.LazyAdam(0.1), lazy.LazyAdam(0.1)
    one.build([grouped])
    two.build([second, first])
    one.apply([slices(np.ones((2, DIM), "float32"), [1, 5])], [grouped])
    store = {}
    one.save_own_variables(store)
    assert store["first.momentum"].shape == (3, DIM)
    two.load_own_variables(store)
    gradients = [tf.IndexedSlices(tf.ones((1, DIM)), tf.constant([2])), tf.IndexedSlices(tf.ones((1, DIM)), tf.constant([1]))]
    first.assign(grouped.numpy()[:3])
    second.assign(grouped.numpy()[3:])
    two.apply(gradients, [second, first])
    one.apply([slices(np.ones((2, DIM), "float32"), [1, 5])], [grouped])
    assert (np.concatenate([first.numpy(), second.numpy()]) == grouped.numpy()).all()
    with pytest.raises(ValueError, match="other variables"):
        two.load_own_variables({"first.momentum": store["first.momentum"]})


def test_an_optimizer_survives_its_configuration():
    for optimizer in (RowwiseAdagrad(0.3, initial_accumulator_value=0.5), lazy.LazyAdam(0.3, beta_1=0.8)):
        again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(optimizer))
        assert type(again) is type(optimizer)
        assert again.get_config() == optimizer.get_config()
