"""Keras by hand, without and with XLA, and with keras-rs, which on a CPU is `Embedding` layers with another face."""
# mypy: disable-error-code="misc"

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from benchmarks.training.clock import Clock
from benchmarks.training.dense_parts import logits, loss_of
from benchmarks.training.fitting import Timer
from benchmarks.training.works import Array, Work


def model_of(work: Work, contender: str) -> Any:
    """From columns to logits."""
    inputs: dict[str, Any] = {}
    if work.history:
        inputs["history"] = keras.Input((work.history,), dtype="int32", name="history")
        inputs["positive"] = keras.Input((), dtype="int32", name="positive")
        return keras.Model(inputs, sampled(work, contender, inputs["history"], inputs["positive"]))
    inputs["ids"] = keras.Input((work.tables,), dtype="int32", name="ids")
    if work.numbers:
        inputs["numbers"] = keras.Input((work.numbers,), name="numbers")
    columns = [inputs["ids"][:, i] for i in range(work.tables)]
    if contender == "keras-rs":
        vectors = distributed(work, columns)
    else:
        vectors = [layers.Embedding(work.rows, work.dim)(column) for column in columns]
    return keras.Model(inputs, logits(work, vectors, inputs.get("numbers")))


def distributed(work: Work, columns: list[Any]) -> list[Any]:
    """Lookups by `keras_rs.layers.DistributedEmbedding`; off a TPU the model's optimizer trains its tables."""
    import keras_rs

    configs = {}
    for place in range(work.tables):
        table = keras_rs.layers.TableConfig(f"table_{place}", work.rows, work.dim, initializer="uniform")
        configs[f"C{place}"] = keras_rs.layers.FeatureConfig(f"C{place}", table, (work.batch,), (work.batch, work.dim))
    found = keras_rs.layers.DistributedEmbedding(configs)({f"C{place}": column for place, column in enumerate(columns)})
    return [found[name] for name in configs]


class Negatives(layers.Layer):
    """Ids drawn uniformly, once for the whole batch (n,)."""

    def __init__(self, n: int, rows: int) -> None:
        super().__init__()
        self.n, self.rows = n, rows
        self.generator = keras.random.SeedGenerator(1)

    def call(self, like: Any) -> Any:
        """Fresh ones at each step; `like` only places the layer in the graph."""
        return keras.random.randint((self.n,), 0, self.rows, seed=self.generator)

    def compute_output_spec(self, like: Any) -> Any:
        """int32 (n,)."""
        return keras.KerasTensor((self.n,), dtype="int32")


def sampled(work: Work, contender: str, history: Any, positive: Any) -> Any:
    """Logits (batch, 1 + negatives) over one table for histories and candidates; a hit by accident is hidden."""
    negatives = Negatives(work.negatives, work.rows)(positive)
    if contender == "keras-rs":
        import keras_rs

        table = keras_rs.layers.EmbedReduce(work.rows, work.dim, combiner="mean")
        pooled = table(history)
    else:
        table = layers.Embedding(work.rows, work.dim)
        pooled = ops.mean(table(history), axis=1)
    scores = logits(work, [pooled, table(positive), table(negatives)])
    hit = ops.equal(ops.expand_dims(positive, 1), ops.expand_dims(negatives, 0))
    hidden = ops.concatenate([ops.zeros_like(hit[:, :1]), hit], axis=1)
    return ops.where(hidden, -1e9, scores)


def train(work: Work, contender: str, arrays: dict[str, Array], clock: Clock) -> dict[str, str]:
    """Trains until the clock has enough. Returns versions."""
    keras.utils.set_random_seed(1)
    model = model_of(work, contender)
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss=loss_of(work),
        loss_weights=float(work.tasks),
        jit_compile=contender == "keras-xla",
    )
    names = [tensor.name for tensor in model.inputs]
    inputs = {name: arrays[name] for name in names}
    labels = arrays["labels"] if "labels" in arrays else 0 * arrays["positive"]
    model.fit(inputs, labels, batch_size=work.batch, epochs=1, verbose=0, callbacks=[Timer(clock)])
    versions = {"keras": keras.__version__}
    if contender == "keras-rs":
        import keras_rs

        versions["keras-rs"] = keras_rs.__version__
    return versions
