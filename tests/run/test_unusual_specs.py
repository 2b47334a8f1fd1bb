"""Specs of unusual shape, from rows to metrics and predictions."""

from pathlib import Path

import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from specc.driver import Compilation
from specc.run import evaluate, predict, train

SPEC = """rec 1
schema r {
  words : bag(string) -> vocab
  label click : bool
  label late  : bool
}
data {
  r     = parquet("rows.parquet")
  split = random(valid=0.5, test=0)
}
embeddings { dim=2 }
head click = words -> embed -> logit
loss click = bce
loss late = click -> bce(weight=0.1)
metrics { click: auc, late: auc }
train { batch=8, seed=1 }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the spec and its rows."""
    rows = {"words": [["a", "b"], ["b"], [], ["c"]] * 5, "click": [True, False] * 10, "late": [True, True, False, False] * 5}
    pl.DataFrame(rows).write_parquet(tmp_path / "rows.parquet")
    (tmp_path / "x.rec").write_text(SPEC)
    return tmp_path


def test_another_loss_on_a_head_is_measured_by_its_label_and_rows_need_no_scalar_column(folder: Path) -> None:
    run = train(Compilation(str(folder / "x.rec")), out=str(folder / "run"), verbose=False)
    rows = pl.read_parquet(folder / "rows.parquet")
    predictions = predict(run)
    assert predictions.columns == ["click"]
    assert predictions.height == rows.height
    whole = predict(run, data={"r": str(folder / "rows.parquet")})
    assert whole.equals(predictions)

    evaluated = evaluate(run, data={"r": rows})["data"]
    for label in ("click", "late"):
        assert evaluated[f"{label}.auc"] == pytest.approx(roc_auc_score(rows[label], predictions["click"]))
