"""What is minimised, against NumPy: weight * sum(w * l) / sum(w) over the rows that count, plus the penalties of tables."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from specc.backends.keras import build_models
from specc.driver import Compilation
from specc.run.fitting import Fitted, fit
from specc.run.session import compile_training, optimizer_of, training_batches
from specc.text import Source

SPEC = """rec 1
schema rows {
  x : float -> fill(0)
  c : int   -> vocab
  p : float
  label y : bool?
  label z : float?
}
embeddings { dim=3, l2=0.1 }
tower h = [x, c -> embed] -> concat
head y = h -> logit
head z = h -> dense(1)
loss y = bce(weight=0.5, where=p > 0.2, row_weight=1 / p)
loss z = mse(weight=2.0)
train { optimizer=sgd(0.1), batch=8, seed=5 }
"""
ROWS = pl.DataFrame(
    {
        "x": [0.5, -1.0, 2.0, 0.0, 1.0, 1.5, -0.5, 3.0],
        "c": [1, 2, 1, 3, 1, 2, 2, 1],
        "p": [0.5, 0.1, 1.0, 0.25, 0.8, 0.4, 0.9, 0.3],
        "y": [True, True, None, False, False, True, None, True],
        "z": [1.0, None, 2.0, -1.0, 0.5, None, 3.0, 0.0],
    }
)


def fitted(text: str = SPEC, rows: pl.DataFrame = ROWS) -> tuple[Any, Fitted, Any]:
    compilation = Compilation(source=Source("x.rec", text))
    assert not compilation.diagnostics, compilation.diagnostics
    program = compilation.program
    assert program is not None
    found = fit(compilation, {"rows": rows})
    models = build_models(program, found.sizes, found.counts, found.catalogue)
    compile_training(program, models)
    return program, found, models


def step(models: Any, *batch: Any) -> float:
    """The loss of a step."""
    return float(models.training.train_on_batch(*batch, return_dict=True)["loss"])


def test_a_step_minimises_the_weighted_sum_of_the_losses() -> None:
    program, found, models = fitted()
    inputs, labels, weights = next(training_batches(program, found).dataset().as_numpy_iterator())
    out = {name: np.asarray(value, "float64").reshape(-1) for name, value in models.training(inputs).items()}
    vectors = next(layer for layer in models.training.layers if hasattr(layer, "table")).table.numpy()[inputs["c"]]

    place = {x: row for row, x in enumerate(ROWS["x"])}  # batches are shuffled: rows are told by x
    rows = np.array([place[float(x)] for x in inputs["x"]])
    assert sorted(rows) == list(range(8))
    p = ROWS["p"].to_numpy()[rows]
    y = ROWS["y"].cast(pl.Float64).to_numpy()[rows]
    z = ROWS["z"].to_numpy()[rows]
    wy = np.where(~np.isnan(y) & (p > 0.2), 1 / p, 0.0)
    wz = np.where(~np.isnan(z), 1.0, 0.0)
    bce = np.log1p(np.exp(out["y"])) - np.nan_to_num(y) * out["y"]
    expected = 0.5 * (wy * bce).sum() / wy.sum() + 2.0 * (wz * (out["z"] - np.nan_to_num(z)) ** 2).sum() / wz.sum()
    expected += 0.1 * (vectors**2).sum() / 8
    assert step(models, inputs, labels, weights) == pytest.approx(expected, rel=1e-5)


def test_a_loss_without_rows_is_0_and_teaches_nothing() -> None:
    program, found, models = fitted(SPEC.replace("l2=0.1", "l2=0"))
    before = [np.array(weight) for weight in models.training.get_weights()]
    inputs, labels, weights = next(training_batches(program, found).dataset().as_numpy_iterator())
    assert step(models, inputs, labels, {name: np.zeros_like(one) for name, one in weights.items()}) == 0.0
    assert all((a == b).all() for a, b in zip(before, models.training.get_weights(), strict=True))


def moved(text: str, rows: pl.DataFrame) -> Any:
    """How far one step moves each value of the table."""
    program, found, models = fitted(text, rows)
    table = next(layer for layer in models.training.layers if hasattr(layer, "table")).table
    before = table.numpy()
    step(models, *next(training_batches(program, found).dataset().as_numpy_iterator()))
    return np.abs(table.numpy() - before).astype("float64")


def test_groups_have_their_optimizers() -> None:
    text = SPEC.replace("optimizer=sgd(0.1)", "optimizer={default: sgd(0.1), tables: adagrad(0.2)}")
    program = Compilation(source=Source("x.rec", text)).program
    assert program is not None
    optimizer = optimizer_of(program)
    assert type(optimizer.default).__name__ == "SGD"
    assert {name: type(one).__name__ for name, one in optimizer.groups.items()} == {"tables": "LazyAdagrad"}
    rows = ROWS.with_columns(c=pl.int_range(8))  # each id once in the batch
    gradient = moved(SPEC, rows) / 0.1  # SGD moves by 0.1 * g
    assert (gradient[1:] > 0).all()
    np.testing.assert_allclose(moved(text, rows), 0.2 * gradient / np.sqrt(0.1 + gradient**2), rtol=1e-4, atol=1e-7)


RETRIEVAL = """rec 1
schema rows {
  user : int -> vocab
  item : int -> vocab
  good : bool
}
embeddings { dim=4 }
tower q = user -> embed
loss next = q -> softmax(item, where=good, temperature=0.5)
train { optimizer=sgd(0.1), batch=8 }
"""


def test_a_full_softmax_over_the_rows_that_count() -> None:
    rows = pl.DataFrame(
        {"user": [1, 1, 2, 2, 3, 3], "item": [10, 11, 12, 10, 11, 10], "good": [True, True, True, False, True, True]}
    )
    program, found, models = fitted(RETRIEVAL, rows)
    inputs, labels, weights = next(training_batches(program, found).dataset().as_numpy_iterator())
    assert weights["next"].sum() == 5
    assert (inputs["next_positive"] == labels["next"]).all()
    ids = np.arange(1, 4)
    query = models.model.predict({"user": inputs["user"]}, verbose=0)["next"].astype("float64")
    vectors = models.candidates["next"].predict(ids, verbose=0).astype("float64")
    logits = query @ vectors.T / 0.5
    own = inputs["next_positive"]
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    expected = -np.mean([log_p[row, own[row] - 1] for row in range(6) if own[row] > 0])
    assert step(models, inputs, labels, weights) == pytest.approx(expected, rel=1e-5)
    assert found.counts["next"].tolist() == [0, 2, 2, 1]
