"""Outputs that are NaN or infinite, losses that learn from nothing, and metrics that cannot be measured: told, and no run lost."""

import json
import math
from pathlib import Path

import polars as pl
import pytest

import specc
from specc.cli import main

SPEC = """rec 1
model Prices
schema sales {
  day   : int
  price : float -> fill(0)
  shop  : int -> vocab
  label sold : bool?
}
data { sales = csv("sales.csv"), split = by_time(day, valid=2, test=3) }
embeddings { dim=2 }
tower deep = [[price, price] -> embed -> multiply, shop -> embed] -> concat -> mlp(4)
head sold = deep -> logit
loss sold = bce
metrics { sold: [auc, logloss] }
train { optimizer=sgd(1e-3), batch=8, epochs=1 }
"""
RETRIEVAL = """rec 1
model Items
schema plays {
  user : int -> vocab  @user
  item : int -> vocab  @item @id
  day  : int
}
schema items(key=item) { price : float -> fill(0)  @item }
data {
  plays = csv("plays.csv")
  items = csv("items.csv")
  split = by_time(day, valid=2)
}
embeddings { dim=2 }
tower query = user -> embed -> mlp(2, last=linear)
tower thing = [item -> embed, [price, price] -> embed -> multiply] -> concat -> mlp(2, last=linear)
loss play = query -> softmax(thing, negatives=[popularity(2)], where=item != 7)
METRICS
train { optimizer=sgd(1e-3), batch=4, epochs=1 }
"""


def sales(price=3e38, where=3, sold=None):
    rows = [(day, 1.0 + k, k % 3, k % 2) for day in (1, 2, 3) for k in range(6)]
    lines = [
        f"{day},{price if (day, k) == (where, 5.0) else k},{shop},{'' if sold == 'never' else y}" for day, k, shop, y in rows
    ]
    return "day,price,shop,sold\n" + "\n".join(lines) + "\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_row_of_test_that_gives_no_number_costs_no_run(folder, capsys):
    Path("prices.rec").write_text(SPEC)
    Path("sales.csv").write_text(sales())
    assert main(["train", "prices.rec", "--out", "run", "--quiet"]) == 1
    err = capsys.readouterr().err
    assert "error[REC724]: the predictions of `sold` hold NaN or infinity, first of row 5 (`test`); run is written" in err
    metrics = json.loads(Path("run/metrics.json").read_text())
    assert metrics["test"] == {"sold.auc": None, "sold.logloss": None}
    assert math.isfinite(metrics["valid"]["sold.logloss"])
    # The same rows given to the run are told, too, and others are predicted.
    for argv in (["evaluate", "run"], ["predict", "run", "-o", "out.csv"]):
        assert main(argv) == 1
        assert "error[REC724]" in capsys.readouterr().err
        assert not Path("out.csv").exists()
    Path("sales.csv").write_text(sales(price=2.0))
    assert main(["predict", "run", "-o", "out.csv"]) == 0


def test_a_row_of_valid_that_gives_no_number_is_no_run(folder, capsys):
    Path("prices.rec").write_text(SPEC)
    Path("sales.csv").write_text(sales(where=2))
    assert main(["train", "prices.rec", "--out", "run", "--quiet"]) == 1
    err = capsys.readouterr().err
    assert "error[REC717]: training diverged: the predictions of `sold` hold NaN or infinity, first of row 5" in err
    assert "a row that is measured holds a far larger number" in err


@pytest.mark.parametrize("metrics", ["", "metrics { play: recall@1 }"])
def test_a_candidate_whose_vector_is_no_number_is_named(metrics, folder, capsys):
    Path("items.rec").write_text(RETRIEVAL.replace("METRICS", metrics))
    Path("plays.csv").write_text("user,item,day\n" + "".join(f"{k % 3},{5 + k % 4},{1 + k // 16}\n" for k in range(24)))
    Path("items.csv").write_text("item,price\n5,1\n6,2\n7,3e38\n8,1\n")
    if metrics:
        assert main(["train", "items.rec", "--out", "run", "--quiet"]) == 1
    else:
        assert main(["train", "items.rec", "--out", "run", "--quiet"]) == 0
        assert main(["predict", "run", "-o", "out.parquet"]) == 1
    assert "the vectors of candidates of `play` hold NaN or infinity, first of 7" in capsys.readouterr().err


@pytest.mark.parametrize(("loss", "sold"), [("bce(where=shop == 9)", None), ("bce", "never")])
def test_a_loss_that_no_row_counts_for(loss, sold, folder, capsys):
    Path("prices.rec").write_text(SPEC.replace("loss sold = bce", f"loss sold = {loss}"))
    Path("sales.csv").write_text(sales(price=1.0, sold=sold))
    assert main(["train", "prices.rec", "--out", "run", "--quiet"]) == 1
    err = capsys.readouterr().err
    assert "error[REC708]: no training row counts for the loss `sold`" in err
    assert "prices.rec:13:6" in err
    # so does the generated package
    assert main(["codegen", "prices.rec", "-o", "made"]) == 0
    assert "check_taught(weights)" in Path("made/prices/train.py").read_text()


def test_a_metric_that_cannot_be_measured_stops_nothing_in_silence(folder, capsys):
    Path("prices.rec").write_text(SPEC.replace("epochs=1", "epochs=9, early_stop(sold.auc, patience=1)"))
    frame = pl.read_csv(sales(price=1.0).encode()).with_columns(sold=pl.col("sold") * (pl.col("day") != 2))
    with pytest.raises(specc.SpecError, match=r"REC708.*sold\.auc cannot be measured: no row counts for it, or all have one"):
        specc.train("prices.rec", data={"sales": frame}, out="run", verbose=False)
