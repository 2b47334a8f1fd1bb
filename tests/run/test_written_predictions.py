"""The table that `predict` gives and writes: its names, and what cannot be written."""

import random
from pathlib import Path

import polars as pl
import pytest

import specc
from specc.run import Run, predict, predicting, write_predictions

SPEC = """rec 1
model M
schema v {
  u : int -> vocab
  m : string -> vocab
  ts : time
  label y : bool
  w = history(m, by=u, last=3%s)
}
data { v = csv("v.csv"), split = leave_last(by=u) }
embeddings { dim=4 }
tower q = w -> embed -> mean -> mlp(4, last=linear)
loss %s = q -> softmax(m)
"""


def trained(folder: Path, loss: str = "next", where: str = "", mark: str = "-") -> Run:
    rng = random.Random(0)
    rows = [f'{i % 5},"m{mark}{rng.randrange(6)}",{1_600_000_000 + i},{i % 2 == 0}' for i in range(40)]
    (folder / "v.csv").write_text("\n".join(["u,m,ts,y", *rows]).replace("True", "true").replace("False", "false") + "\n")
    (folder / "s.rec").write_text(SPEC % (where, loss))
    return specc.train(folder / "s.rec", out=folder / "run", verbose=False)


@pytest.mark.parametrize("name", ["score", "row", "value"])
def test_a_retrieval_loss_may_have_any_name(name: str, tmp_path: Path) -> None:
    frame = predict(trained(tmp_path, name), top=3)
    assert frame.columns == ["u", "m", "ts", name, f"{name}.score"]
    assert set(frame[name].explode()) <= {f"m-{i}" for i in range(6)}
    scores = frame[f"{name}.score"]
    assert scores.list.len().to_list() == [3] * 40
    assert scores.list.sort(descending=True).equals(scores)


def test_a_prediction_takes_the_place_of_the_label_of_its_name(tmp_path: Path) -> None:
    frame = predict(trained(tmp_path, "y", ", where=y"), top=2)  # the history reads the label
    assert frame.columns == ["u", "m", "ts", "y", "y.score"]
    assert frame["y"].dtype == pl.List(pl.String)


def test_candidates_that_hold_what_stands_between_them_are_not_written_as_csv(tmp_path: Path) -> None:
    run, out = trained(tmp_path, mark="|"), tmp_path / "out.csv"
    for write in (predict, write_predictions):
        with pytest.raises(specc.SpecError) as caught:
            write(run, out=out)
        (diagnostic,) = caught.value.diagnostics
        assert diagnostic.code == "REC722"
        assert "the candidates of `next` cannot be written as .csv: `|` stands between them, and 'm|" in diagnostic.message
        assert ".parquet" in str(diagnostic.help)
        assert not out.exists()
    frame = predict(run, out=tmp_path / "out.parquet", top=2)
    assert pl.read_parquet(tmp_path / "out.parquet").equals(frame)


def test_other_candidates_are_read_back_from_csv(tmp_path: Path) -> None:
    frame = predict(trained(tmp_path, mark=","), out=tmp_path / "out.csv", top=2)
    assert pl.read_csv(tmp_path / "out.csv")["next"].str.split("|").equals(frame["next"])


def test_a_place_that_cannot_be_written_is_told_before_anything_is_predicted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = trained(tmp_path)

    def work(*_: object) -> None:
        raise AssertionError("predicted")

    monkeypatch.setattr(predicting, "_fill", work)
    with pytest.raises(specc.SpecError, match=r"as \.parquet or \.csv, not as"):
        predict(run, out=tmp_path / "out.txt")
    with pytest.raises(specc.SpecError, match="REC722"):
        predict(run, out=tmp_path / "v.csv" / "out.csv")
