"""A step that keeps what it pooled does what Keras' own step does, and reads each row once."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from specc.runtime.layers.embedding import Embedding, group_tables
from specc.runtime.layers.lookups import RowGradient
from specc.runtime.optimizers.lazy import LazyAdam, LazySGD
from specc.runtime.optimizers.rowwise_adagrad import RowwiseAdagrad
from specc.runtime.training.model import TrainingModel

ROWS, DIM, BATCH = 20, 3, 8
OPTIMIZERS = {
    "adam": lambda: LazyAdam(0.1),
    "rowwise_adagrad": lambda: RowwiseAdagrad(0.1),
    "sgd": lambda: LazySGD(0.1, momentum=0.9),
    "clipped": lambda: LazySGD(0.5, clipnorm=0.01),
    "decayed": lambda: LazyAdam(0.1, weight_decay=0.01),
    "of Keras": lambda: keras.optimizers.SGD(0.1),  # Adam would square each part of a sum
}


class Penalty(layers.Layer):
    """Reads a table as a whole."""

    def __init__(self, embedding):
        super().__init__(name="penalty")
        self.embedding = embedding

    def call(self, x):
        self.add_loss(0.01 * tf.reduce_sum(tf.square(tf.convert_to_tensor(self.embedding.table.value))))
        return x


def data(steps):
    rng = np.random.default_rng(0)
    ids = {
        "recent": rng.integers(-1, ROWS, (steps * BATCH, 5)).astype("int32"),  # -1 is padding; some ids repeat in a row
        "liked": rng.integers(-1, ROWS, (steps * BATCH, 3)).astype("int32"),
        "tags": rng.integers(-1, 6, (steps * BATCH, 2)).astype("int32"),
        "item": rng.integers(0, ROWS, steps * BATCH).astype("int32"),
    }
    ids["recent"][3] = -1
    return ids, rng.normal(size=(steps * BATCH, 1)).astype("float32")


def model(cls, l2=0.0, penalty=False, grouped=False):
    """Two pooled lookups and a plain one of a table, and a pooled one of a table beside it."""
    items, tags = Embedding(ROWS, DIM, l2=l2, name="item_table"), Embedding(6, DIM, name="tag_table")
    if grouped:
        group_tables([items, tags])
    inputs = {name: keras.Input(shape, dtype="int32", name=name) for name, shape in
              {"recent": (None,), "liked": (None,), "tags": (None,), "item": ()}.items()}  # fmt: skip
    parts = [
        items(inputs["recent"], combiner="mean"),
        items(inputs["item"]),
        items(inputs["liked"], combiner="sum"),
        tags(inputs["tags"], combiner="sqrtn"),
    ]
    made = layers.Dense(1, name="out")(layers.Concatenate()(parts))
    made = cls(inputs, Penalty(items)(made) if penalty else made)
    rng = np.random.default_rng(1)
    for layer in made.layers:
        layer.set_weights([rng.normal(size=weight.shape).astype("float32") for weight in layer.get_weights()])
    return made


def trained(cls, optimizer, steps=4, eagerly=False, **options):
    made = model(cls, **options)
    made.compile(optimizer=OPTIMIZERS[optimizer](), loss="mse", run_eagerly=eagerly, steps_per_execution=1 if eagerly else 2)
    x, y = data(steps)
    weight = np.linspace(0, 2, steps * BATCH).astype("float32")
    history = made.fit(x, y, sample_weight=weight, batch_size=BATCH, shuffle=False, epochs=2, verbose=0)
    return history.history["loss"], {layer.name: layer.get_weights() for layer in made.layers if layer.weights}


def check(own, expected):
    assert own[0] == pytest.approx(expected[0], rel=1e-5)
    for name, weights in expected[1].items():
        for one, other in zip(own[1][name], weights, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("optimizer", "grouped"),
    [
        ("adam", False),
        ("adam", True),
        ("rowwise_adagrad", True),
        ("sgd", False),
        ("clipped", True),
        ("decayed", False),
        ("of Keras", False),
    ],
)
def test_it_trains_as_keras_does(optimizer, grouped):
    check(trained(TrainingModel, optimizer, grouped=grouped), trained(keras.Model, optimizer, grouped=grouped))


@pytest.mark.parametrize("options", [{"l2": 0.1}, {"penalty": True}, {"eagerly": True}])
def test_also_where_something_else_reads_the_table(options):
    check(trained(TrainingModel, "sgd", **options), trained(keras.Model, "sgd", **options))


def asked_of(monkeypatch):
    """The gradients that an optimizer gets of tables."""

    def update_step(self, gradient, variable, learning_rate):
        if isinstance(gradient, tf.IndexedSlices):
            seen.append(gradient)
        updated(self, gradient, variable, learning_rate)

    seen, updated = [], LazySGD.update_step
    monkeypatch.setattr(LazySGD, "update_step", update_step)
    made = model(TrainingModel)
    made.compile(optimizer=LazySGD(0.1), loss="mse")
    return made, seen


def test_a_row_is_read_once(monkeypatch):
    made, seen = asked_of(monkeypatch)
    step = tf.function(made.train_step).get_concrete_function(data(1))
    assert [type(each) for each in seen] == [RowGradient, RowGradient]
    # Of `tags` where it is pooled; of `items` the two that are pooled, the plain one, and the rows that are in the second of
    # these only. The optimizer, without slots, reads nothing.
    assert sum(op.type == "ResourceGather" for op in step.graph.get_operations()) == 1 + 4


def test_sums_of_gradients_are_those_of_numpy(monkeypatch):
    made, seen = asked_of(monkeypatch)
    ids, y = data(1)
    items, tags = (made.get_layer(name).values().astype("float64") for name in ("item_table", "tag_table"))
    kernel, bias = (weight.astype("float64") for weight in made.get_layer("out").get_weights())
    made.train_step((ids, y))

    expected = np.zeros((ROWS, DIM))
    for row in range(BATCH):
        recent, liked, tagged = (ids[name][row][ids[name][row] >= 0] for name in ("recent", "liked", "tags"))
        share, root = 1 / max(len(recent), 1), 1 / max(len(tagged), 1) ** 0.5
        parts = [share * items[recent].sum(0), items[ids["item"][row]], items[liked].sum(0), root * tags[tagged].sum(0)]
        of_parts = 2 / BATCH * (np.concatenate(parts) @ kernel + bias - y[row]) * kernel.reshape(4, DIM)
        np.add.at(expected, recent, share * of_parts[0])
        expected[ids["item"][row]] += of_parts[1]
        np.add.at(expected, liked, of_parts[2])

    (found,) = [each for each in seen if each.indices.shape[0] > 6]
    rows = found.indices.numpy()
    assert sorted(rows) == sorted({*ids["recent"].reshape(-1), *ids["liked"].reshape(-1), *ids["item"]} - {-1})
    np.testing.assert_allclose(found.values.numpy(), expected[rows], rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(found.held.numpy(), items[rows].astype("float32"))
