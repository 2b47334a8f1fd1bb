"""Losses, weights and towers of multi-task models through training steps, and what survives save and load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import polars as pl
import pytest

from specc.ir.base import Expression
from specc.runtime.metrics.pointwise import auc
from specc.runtime.training.objectives import Objective, targets

from .building import Built, built, codes, dense, multitask, relu, rows, sigmoid

X = rows(5, 40)
FRAME = pl.DataFrame(
    {
        "watched": [None if i % 5 == 0 else i % 3 == 0 for i in range(40)],
        "seconds": [float(i % 7) for i in range(40)],
        "weight": [float(i % 4) for i in range(40)],
        "country": ["se" if i % 2 else "no" for i in range(40)],
    }
)
MUSIC = """rec 1
model Music
schema rows {
  x       : vector(5)
  weight  : float
  country : string
  label watched : bool?
  label seconds : float
}
tower mix = x -> cgc(tasks=[watched, seconds], task_experts=2, shared_experts=1, expert=mlp(4))
head watched = mix.watched -> mlp(3) -> logit
head seconds = mix.seconds -> dense(1)
loss watched = bce(WATCHED)
loss seconds = mse(SECONDS)
metrics { watched: [auc, logloss, accuracy], seconds: [rmse, mae] }
"""


def music(watched: str = "", seconds: str = "") -> str:
    return MUSIC.replace("(WATCHED)", f"({watched})" if watched else "").replace("(SECONDS)", f"({seconds})" if seconds else "")


def polars(e: Expression | None) -> Any:
    """A row expression of the IR."""
    if e is None or e.column is not None:
        return None if e is None else pl.col(str(e.column))
    if e.op is None:
        return pl.lit(e.value)
    symbols = {"==": "__eq__", ">": "__gt__", "<": "__lt__", ">=": "__ge__", "/": "__truediv__", "*": "__mul__", "&": "__and__"}
    return getattr(polars(e.left), symbols[e.op])(polars(e.right))


def learn(model: Built, optimizer: Any = "sgd") -> tuple[dict[str, float], dict[str, Any], dict[str, Any]]:
    """One batch of all rows: the losses that Keras reports, and targets and weights by loss."""
    network = model.compile(optimizer)
    objectives = {o.name: Objective(polars(o.label), polars(o.where), polars(o.row_weight)) for o in model.program.losses}
    labels, weights = targets(FRAME, objectives, {})
    reported = network.evaluate({"x": X}, labels, sample_weight=weights, batch_size=40, verbose=0, return_dict=True)
    return reported, labels, weights


def formulas(model: Built, watched: Any, seconds: Any) -> tuple[float, float]:
    """weight-free losses by hand: sum(w l) / sum(w) with the given row weights."""
    weights = model.weights
    fields = model.read_by({"x": X}, "watched_mlp_dense", "seconds_dense")
    logit = dense(relu(dense(fields[0], weights, "watched_mlp_dense")), weights, "watched_logit")[:, 0]
    value = dense(fields[1], weights, "seconds_dense")[:, 0]
    y = FRAME["watched"].fill_null(False).to_numpy().astype(float)
    bce = -(y * np.log(sigmoid(logit)) + (1 - y) * np.log(1 - sigmoid(logit)))
    mse = (FRAME["seconds"].to_numpy() - value) ** 2
    return tuple(float(np.sum(w * loss) / max(np.sum(w), 1e-9)) for w, loss in ((watched, bce), (seconds, mse)))  # type: ignore[return-value]


PRESENT = FRAME["watched"].is_not_null().to_numpy().astype(float)
WEIGHT = FRAME["weight"].to_numpy()
SWEDISH = (FRAME["country"] == "se").to_numpy().astype(float)


# 34 and 36: the sum of the losses, and which rows count


@pytest.mark.parametrize(
    ("watched", "seconds", "rows_watched", "rows_seconds", "factors"),
    [
        ("", "", PRESENT, np.ones(40), (1, 1)),
        ("weight=2.0", "weight=0.5", PRESENT, np.ones(40), (2, 0.5)),
        ("row_weight=weight", "weight=3.0", PRESENT * WEIGHT, np.ones(40), (1, 3)),
        ('where=country == "se"', 'where=seconds > 2, row_weight=weight / 2', PRESENT * SWEDISH, None, (1, 1)),
        ("", "weight=0.0", PRESENT, np.ones(40), (1, 0)),
    ],
)  # fmt: skip
def test_the_loss_is_the_weighted_sum(
    watched: str, seconds: str, rows_watched: Any, rows_seconds: Any, factors: tuple[float, float]
) -> None:
    if rows_seconds is None:
        rows_seconds = (FRAME["seconds"].to_numpy() > 2) * WEIGHT / 2
    model = Built(music(watched, seconds))
    model.shake()
    reported, _, _ = learn(model)
    expected = formulas(model, rows_watched, rows_seconds)
    assert reported["watched_loss"] == pytest.approx(expected[0], rel=1e-4)
    assert reported["seconds_loss"] == pytest.approx(expected[1], rel=1e-4)
    assert reported["loss"] == pytest.approx(factors[0] * expected[0] + factors[1] * expected[1], rel=1e-4)
    assert reported == learn(model)[0]  # evaluating again gives the same


def test_weights_change_the_sum_and_nothing_else() -> None:
    plain, weighted = Built(music()), Built(music("weight=2.0", "weight=3.0"))
    before, after = learn(plain)[0], learn(weighted)[0]
    assert {key for key in before if before[key] != after[key]} == {"loss"}


def test_a_step_follows_the_weighted_gradient() -> None:
    # With weight 0 a task teaches nothing: its tower and its own experts stay bit for bit, shared ones move.
    model = Built(music("", "weight=0.0"))
    before = model.weights
    _, labels, weights = learn(model)
    model.models.training.fit({"x": X}, labels, sample_weight=weights, batch_size=40, verbose=0)
    moved = {path for path, value in model.weights.items() if not np.array_equal(before[path], value)}
    own = [path for path in before if path.startswith(("seconds", "mix_level_1_seconds", "mix_level_1_gate_seconds"))]
    assert own
    assert not moved.intersection(own)
    assert moved.issuperset(path for path in before if path.startswith(("watched", "mix_level_1_shared")) and "kernel" in path)


def test_rows_of_weight_0_give_no_loss_and_do_not_teach() -> None:
    model = Built(music("row_weight=weight * 0"))
    model.shake()
    before = model.weights
    reported, labels, weights = learn(model)
    assert not weights["watched"].any()
    assert reported["watched_loss"] == 0
    assert reported["loss"] == pytest.approx(reported["seconds_loss"], rel=1e-6)
    model.models.training.fit({"x": X}, labels, sample_weight=weights, batch_size=40, verbose=0)
    after = model.weights
    assert np.isfinite(np.concatenate([value.ravel() for value in after.values()])).all()
    assert all(np.array_equal(before[path], after[path]) for path in before if path.startswith("watched"))


def test_metrics_count_rows_only_where_they_are_told_to() -> None:
    # A loss's row weights are no metric's: `auc` stays, `auc(row_weight=weight)` is another number.
    labels = FRAME["watched"].fill_null(False).to_numpy()
    measures = {}
    for option in ("", "(row_weight=weight)"):
        model = built(music("row_weight=weight * 0").replace("[auc,", f"[auc{option},"))
        (measure,) = [m for m in model.program.metrics if m.name == "watched.auc"]
        prediction = model.models.model({"x": X})["watched"]
        weight = PRESENT * (1 if measure.row_weight is None else FRAME.select(polars(measure.row_weight)).to_numpy()[:, 0])
        measures[option] = auc(labels, prediction, weight)
    plain, weighted = measures.values()
    assert plain == auc(labels, built(music()).models.model({"x": X})["watched"], PRESENT)  # the loss's weights left it alone
    assert plain != weighted


# 35: names


def test_what_is_measured_is_what_is_asked_for() -> None:
    names = [m.name for m in built(music()).program.metrics]
    assert names == ["watched.auc", "watched.logloss", "watched.accuracy", "seconds.rmse", "seconds.mae"]
    reported, _, _ = learn(built(music()))
    assert set(reported) == {"loss", "watched_loss", "seconds_loss"}


# 37: towers


def test_towers_of_all_tasks_and_of_one() -> None:
    text = multitask("mmoe(tasks=[a, b], expert=2 * mlp(4))", ("a", "b"), 5, "mlp(32) -> logit")
    weights = built(text).weights
    assert {path for path in weights if path.startswith(("a_", "b_"))} == {
        f"{task}_{layer}/{part}" for task in "ab" for layer in ("mlp_dense", "logit") for part in ("kernel", "bias")
    }
    assert not np.array_equal(weights["a_mlp_dense/kernel"], weights["b_mlp_dense/kernel"])
    one = text.replace("head *    = mix -> mlp(32) -> logit", "head a = mix.a -> mlp(32) -> logit\nhead b = mix.b -> logit")
    weights = built(one).weights
    assert weights["a_logit/kernel"].shape == (32, 1)
    assert weights["b_logit/kernel"].shape == (4, 1)


def test_a_shared_tower_is_one_tower() -> None:
    text = multitask("mmoe(tasks=[a, b], expert=2 * mlp(4))", ("a", "b"), 5, "top -> logit")
    weights = built(text.replace("tower mix", "shared top(t) = t -> mlp(6)\ntower mix")).weights
    assert [path for path in weights if path.endswith("mlp_dense/kernel") and "expert" not in path] == ["top_mlp_dense/kernel"]


# 33 and trap 6: nothing is accepted and ignored


def test_arguments_that_nobody_reads_are_refused() -> None:
    for wrong in ("task_weights=[1, 2]", "bias_block=mlp(1)", "aggregation=mean"):
        assert codes(multitask(f"cgc(tasks=[a, b], expert=mlp(4), {wrong})", ("a", "b"), 5)) == ["REC301"]
    assert codes(music("reduction=sum")) == ["REC301"]


# 38: save, load, go on


@pytest.mark.parametrize(
    "form",
    ["mmoe(tasks=[a, b], expert=3 * mlp(4), gate=mlp(26), temperature=0.5, gate_metrics=true)",
     "cgc(tasks=[a, b], expert=mlp(4, norm=batch, dropout=0.1))",
     "ple(tasks=[a, b], levels=2, shared_experts=2, expert=mlp(4), gate=mlp(16), gate_by=input)"],
)  # fmt: skip
def test_save_load_and_train_on(form: str, tmp_path: Path) -> None:
    model = Built(multitask(form, ("a", "b"), 5, "mlp(3) -> logit"))
    network = model.compile(keras.optimizers.Adam(0.01))
    labels = {task: (X[:, i] > 0).astype("float32") for i, task in enumerate("ab")}
    network.train_on_batch({"x": X}, labels)
    parts = {"training": network, "model": model.models.model, "gates": model.models.gates}
    for name, part in parts.items():
        if part is None:
            continue
        part.save(tmp_path / f"{name}.keras")
        again = keras.models.load_model(tmp_path / f"{name}.keras")
        assert [i.name for i in again.inputs] == ["x"]
        before, after = part({"x": X}, training=False), again({"x": X}, training=False)
        assert list(before) == list(after)
        for key in before:
            np.testing.assert_array_equal(before[key], after[key])
    again = keras.models.load_model(tmp_path / "training.keras")
    losses = [float(np.ravel(again.train_on_batch({"x": X}, labels))[0]) for _ in range(4)]
    assert losses[-1] < losses[0]
