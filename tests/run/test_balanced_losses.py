"""`train { balance=... }`: what is minimized against NumPy, what is learned, and that runs, source and saved IR have it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import specc
from specc.diagnostics.errors import SpecError
from specc.runtime.training.balanced import BalancedModel

from .test_losses_in_training import fitted, step

SPEC = """rec 1
schema rows {
  x : float -> fill(0)
  label y : bool
  label z : float
}
tower h = x -> concat -> dense(4)
head y = h -> logit
head z = h -> dense(1)
loss y = bce(weight=0.5)
loss z = mse(weight=2.0)
train { optimizer=sgd(0.1), batch=8, seed=5, balance=uncertainty }
"""
ROWS = pl.DataFrame({
    "x": [0.5, -1.0, 2.0, 0.0, 1.0, 1.5, -0.5, 3.0],
    "y": [True, True, False, False, False, True, True, True],
    "z": [1.0, 4.0, 2.0, -1.0, 0.5, 0.1, 3.0, 0.0],
})  # fmt: skip


def expected(models: Any, s: Any) -> tuple[float, Any]:
    """What is minimized in a step over all rows, and its slopes by s: exp(-s) w L + s / 2, summed."""
    out = {
        name: np.asarray(v, "float64").reshape(-1) for name, v in models.training({"x": ROWS["x"].to_numpy()[:, None]}).items()
    }
    y, z = ROWS["y"].to_numpy(), ROWS["z"].to_numpy()
    losses = np.array([(np.log1p(np.exp(out["y"])) - y * out["y"]).mean(), ((out["z"] - z) ** 2).mean()])
    weighted = np.exp(-s) * np.array([0.5, 2.0]) * losses
    return float((weighted + s / 2).sum()), 0.5 - weighted


def test_a_step_minimizes_the_formula_and_moves_s_down_its_slope() -> None:
    _, found, models = fitted(SPEC, ROWS)
    assert type(models.training) is BalancedModel
    s = models.training.balancer.s
    np.testing.assert_array_equal(s, [0, 0])
    s.assign([0.3, -1.1])
    before = np.array(s)
    total, slopes = expected(models, before)
    inputs = {"x": ROWS["x"].to_numpy().astype("float32")[:, None]}
    labels = {"y": ROWS["y"].to_numpy().astype("float32"), "z": ROWS["z"].to_numpy().astype("float32")}
    assert step(models, inputs, labels, {name: np.ones(8, "float32") for name in labels}) == pytest.approx(total, rel=1e-5)
    np.testing.assert_allclose(s, before - 0.1 * slopes, rtol=1e-4)
    assert found.sizes == {}


def test_a_run_keeps_what_was_learned_and_measures_the_same(tmp_path: Path) -> None:
    (tmp_path / "b.rec").write_text(SPEC.replace("train {", "metrics { z: mae }\ntrain {"))
    run = specc.train(tmp_path / "b.rec", data={"rows": ROWS}, out=tmp_path / "run", verbose=False)
    assert specc.evaluate(tmp_path / "run", data={"rows": ROWS})["data"] == run.metrics["all"]
    loaded = specc.build_models(tmp_path / "b.rec", run=tmp_path / "run").training.balancer.s
    assert np.abs(np.asarray(loaded)).min() > 0


@pytest.mark.parametrize(
    ("target", "names", "good"),
    [
        ("specc.runtime.training.balancing.Uncertainty", ["y", "z"], True),
        ("specc.runtime.training.balancing.Uncertainty", ["y"], False),
        ("specc.runtime.training.balancing.Uncertainty", ["z", "y", "y"], False),
        ("specc.runtime.training.balancing.Balancer", ["y", "z"], False),
        ("keras.layers.Dense", ["y", "z"], False),
    ],
)
def test_a_saved_program_may_balance_its_losses_and_nothing_else(
    target: str, names: list[str], good: bool, tmp_path: Path
) -> None:
    (tmp_path / "b.rec").write_text(SPEC)
    data = json.loads(specc.program(tmp_path / "b.rec").model_dump_json())
    (training,) = [network for network in data["networks"] if network["role"] == "training"]
    training["config"] = {"balancer": {"target": target, "config": {"names": names}}}
    (tmp_path / "b.json").write_text(json.dumps(data))
    if good:
        assert specc.build_models(tmp_path / "b.json").training.balancer.names == ("y", "z")
    else:
        with pytest.raises(SpecError):
            specc.build_models(tmp_path / "b.json")


def test_one_loss_is_not_balanced(tmp_path: Path) -> None:
    (tmp_path / "b.rec").write_text(SPEC.replace("head z = h -> dense(1)\n", "").replace("loss z = mse(weight=2.0)\n", ""))
    with pytest.raises(SpecError) as error:
        specc.build(tmp_path / "b.rec")
    assert [d.code for d in error.value.diagnostics] == ["REC609"]
