"""The page on usage: its program runs on its spec, and gives what it says."""

import re
from pathlib import Path

import numpy as np
import polars as pl

PAGE = (Path(__file__).parents[2] / "docs" / "usage.md").read_text()


def test_the_program_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    user = random.integers(1, 30, 400)
    video = (user * 3 + random.integers(0, 9, 400)) % 40 + 1
    pl.DataFrame({"user_id": user, "video_id": video, "ts": np.arange(400) + 1_700_000_000}).write_csv("views.csv")
    (spec,) = re.findall(r"```rec\n(.*?)```", PAGE, re.S)
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    Path("views.rec").write_text(spec)
    names: dict = {}
    exec(program, names)
    found = names["next_ones"]
    assert found.columns == ["user_id", "video_id", "ts", "next", "next.score"]
    assert sorted(found["user_id"]) == sorted(set(user.tolist()))
    assert found["video_id"].is_null().all()
    assert set(found["next"].list.len()) == {5}
    assert set(found["next"].explode()) <= set(video.tolist())
    scores = found["next.score"].to_list()
    assert all(row == sorted(row, reverse=True) for row in scores)
    measured = names["run"].metrics
    assert set(measured["test"]) == {"next.recall@10", "next.ndcg@10"}
    assert set(measured["popularity"]) == {"valid", "test"}
    files = {path.name for path in Path(names["run"].folder).iterdir()}
    listed = {"program.json", "features.json", "candidates", "model.keras", "metrics.json", "log.csv", "run.json", "spec.json"}
    assert listed <= files


def test_every_function_is_listed():
    import specc

    table = PAGE[PAGE.index("## In Python") :]
    for name in specc.__all__:
        assert f"`{name}(" in table or f"specc.{name}" in table, name
