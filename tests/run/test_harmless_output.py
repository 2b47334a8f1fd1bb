"""What a spec quotes reaches no terminal raw: a metric may have a condition, with any string, in its name."""

import polars as pl

from specc.cli import main

SPEC = """rec 1
model Clicks
schema views {
  user_id : int -> index(5)  @user
  country : string
  label click : bool
}
data { views = csv("views.csv"), split = random(valid=0.5) }
embeddings { dim=2 }
head click = @user -> embed -> concat -> logit
loss click = bce
metrics { click: [accuracy, accuracy(where=country != "\x1b]0;owned\x07")] }
train { batch=4 }
"""


def test_metrics_of_a_run_are_printed_escaped(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clicks.rec").write_text(SPEC)
    rows = range(20)
    frame = {"user_id": [i % 5 for i in rows], "country": ["a"] * 20, "click": [i % 2 for i in rows]}
    pl.DataFrame(frame).write_csv("views.csv")
    assert main(["train", "clicks.rec", "--out", "run"]) == 0
    trained = capsys.readouterr()
    assert main(["evaluate", "run"]) == 0
    for printed in (trained.out, trained.err, capsys.readouterr().out):
        assert "\x1b" not in printed
        assert "\x07" not in printed
        assert "<U+001B>]0;owned<U+0007>" in printed
