"""A component of the network or of its training is one file, and what it calls one record: nothing else of specc knows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import polars as pl
import pytest

import specc
from specc.backends.keras import find
from specc.cli import main
from specc.run.session import optimizer_of

from .test_data_components import trained_by_package

ROWS, ITEMS = 80, 9
FRAME = pl.DataFrame(
    {
        "user": [row * 7 % 11 for row in range(ROWS)],
        "item": [row * row % ITEMS for row in range(ROWS)],
        "age": [20.0 + row % 13 for row in range(ROWS)],
        "click": [row % 3 == 0 for row in range(ROWS)],
        "like": [row % 4 == 1 for row in range(ROWS)],
    }
)
SPEC = """rec 1
model Extras

schema views {
  user : int   -> vocab
  item : int   -> index(9)
  age  : float -> standardize
  label click : bool
  label like  : bool
}

data { views=csv("views.csv") }

embeddings { dim=4, init=alike(0.25) }

tower x = [user -> embed, age] -> concat -> stretch -> dense(4)

head click = x -> logit
head like  = x -> logit

loss click = hinge
loss like  = bce(weight=0.5)
loss watch = x -> margin(item, negatives=first(3), margin=0.7)

metrics {
  like  : [brier, brier(power=1)]
  watch : [recall@2, missed@2]
}

train { optimizer=heavy_ball(halving(0.1, every=2)), batch=16, epochs=1, balance=mean }
"""


@pytest.fixture(autouse=True)
def here(extra: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    FRAME.write_csv("views.csv")
    Path("spec.rec").write_text(SPEC)


def out_of(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert main(list(args)) == 0
    return capsys.readouterr().out


def test_they_go_through_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    out_of(capsys, "check", "spec.rec", "--with-data")
    out_of(capsys, "fmt", "--check", "spec.rec")
    assert "stretch" in out_of(capsys, "expand", "spec.rec")
    assert '"op": "stretch"' in out_of(capsys, "ir", "spec.rec", "--format", "json")
    assert "extra.layers.PooledHinge" in out_of(capsys, "ir", "spec.rec", "--stage", "program")
    said = out_of(capsys, "cost", "spec.rec", "--rows", "user=11")
    assert "NOT COUNTED: nobody says what extra.layers.Stretch, keras.losses.Hinge costs." in said
    out_of(capsys, "build", "spec.rec", "--size", "user=11", "-o", "model.keras")
    trained = out_of(capsys, "train", "spec.rec", "--out", "run", "--quiet")
    assert "like.brier(power=1)" in trained
    assert "watch.missed@2" in trained
    assert "watch.missed@2" in out_of(capsys, "evaluate", "run")
    out_of(capsys, "predict", "run", "-o", "out.parquet", "--data", "views=views.csv")
    assert pl.read_parquet("out.parquet").height == ROWS
    out_of(capsys, "codegen", "spec.rec", "-o", "made")
    text = Path("made/support/extra/layers.py").read_text()
    assert "from support.layers.pool_mean import PoolMean" in text
    assert "specc.runtime" not in text
    trained_by_package("spec")
    measured = json.loads(Path("run/metrics.json").read_text())["all"]
    assert json.loads(Path("made/own/metrics.json").read_text())["all"] == measured


def test_a_mistake_in_one_is_reported_like_any_other() -> None:
    Path("wrong.rec").write_text(SPEC.replace("margin=0.7", "margn=0.7"))
    (wrong,) = specc.check("wrong.rec")
    assert (wrong.code, wrong.help) == ("REC301", ("did you mean `margin`?",))


@pytest.fixture
def models() -> Any:
    found = specc.build_models("spec.rec", sizes={"user": 11})
    for variable in found.training.get_layer("x_stretch").trainable_variables:
        variable.assign(np.linspace(0.5, 2.0, variable.shape[0]))
    return found


def inputs() -> dict[str, Any]:
    random = np.random.default_rng(0)
    return {"user": random.integers(0, 11, 6).astype("int32"), "age": random.normal(size=(6, 1)).astype("float32")}


def test_the_operator_and_the_initializer_are_called(models: Any) -> None:
    layers = {layer.name: layer for layer in models.training.layers}
    np.testing.assert_array_equal(layers["user_embedding"].table.numpy(), np.full((11, 4), 0.25))
    dense = layers["x_dense"]
    read = keras.Model(models.model.inputs, dense.input)
    given = inputs()
    expected = np.concatenate([np.full((6, 4), 0.25), given["age"]], 1) * np.linspace(0.5, 2.0, 5)
    np.testing.assert_allclose(read(given), expected, rtol=1e-6)


def test_the_losses_and_the_sampler_are_called(models: Any) -> None:
    given, positives = inputs(), np.array([0, 2, 4, 5, 8, 1], "int32")
    table = np.random.default_rng(1).normal(size=(ITEMS, 4)).astype("float32")
    next(layer for layer in models.candidates["watch"].layers if layer.name == "item_embedding").table.assign(table)
    out = models.training({**given, "watch_positive": positives})
    scores = np.asarray(models.model(given)["watch"]) @ table.T
    expected = []
    for row, own in enumerate(positives):
        others = scores[row, [item for item in (0, 1, 2) if item != own]]
        expected.append(np.maximum(0.7 - (scores[row, own] - others), 0).mean())
    np.testing.assert_allclose(out["watch"], expected, rtol=1e-5)

    hinge = next(one for one in specc.program("spec.rec").losses if one.name == "click")
    logits, labels = np.asarray(out["click"]), np.array([1, 0, 1, 1, 0, 0], "float32")[:, None]
    expected = np.maximum(1 - (2 * labels - 1) * logits, 0).mean()
    assert float(find(hinge.target)(**hinge.config)(labels, logits)) == pytest.approx(expected, rel=1e-6)


def test_the_optimizer_and_its_schedule_are_called() -> None:
    optimizer = optimizer_of(specc.program("spec.rec"))
    assert optimizer.momentum == 0.9
    rates = [float(optimizer._learning_rate(step)) for step in range(5)]
    np.testing.assert_allclose(rates, [0.1, 0.1, 0.05, 0.05, 0.025], rtol=1e-6)


def test_the_balancer_is_trained_and_the_metrics_measure() -> None:
    run = specc.train("spec.rec", out="run", verbose=False)
    (measured,) = [part for name, part in run.metrics.items() if name not in ("popularity", "gates")]
    assert measured["watch.recall@2"] + measured["watch.missed@2"] == pytest.approx(1)
    specc.predict("run", data={"views": FRAME}, out="out.parquet")
    gap = np.abs(pl.read_parquet("out.parquet")["like"].to_numpy() - FRAME["like"].to_numpy())
    assert measured["like.brier"] == pytest.approx(np.mean(gap**2), rel=1e-4)
    assert measured["like.brier(power=1)"] == pytest.approx(np.mean(gap), rel=1e-4)
    balancer = specc.build_models("spec.rec", run="run").training.balancer
    assert type(balancer).__module__ == "extra.layers"
    assert float(balancer.factor) != 1
