"""Each example spec trains on rows of its shape, and can be used from its run folder alone."""

import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import specc.run
from specc.driver import Compilation

from . import tables

EXAMPLES = Path(__file__).parents[1] / "resolve" / "examples"
EPOCHS = {"ple_merlin": 5, "mf": 30}


def data_of(name: str) -> dict[str, Any]:
    """What a spec without a `data` block is given."""
    genres = pl.col("genres").str.split("|")
    given: dict[str, dict[str, Any]] = {
        "ple_merlin": {"census": tables.census()},
        "mf": {"ratings": tables.ratings()},
        "youtube_dnn_merlin": {"ratings": tables.ratings(), "movies": tables.movies().with_columns(genres)},
        "stem": {"Taobao": tables.taobao()},
        "esmm": {"Taobao": tables.taobao()},
        "wide_deep": {"apps": tables.apps()},
    }
    return given.get(name, {})


@pytest.mark.parametrize(
    "name",
    ["mf", "ple_merlin", "youtube_dnn_merlin", "stem", "esmm", "wide_deep", "data_movielens", "data_criteo", "data_parquet"],
)
def test_trains_evaluates_and_predicts(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(EXAMPLES, tmp_path / "specs")
    path = tmp_path / "specs" / f"{name}.rec"
    text = path.read_text()
    if name == "data_criteo":
        tables.write_criteo(tmp_path / "specs")  # found beside the spec, not in the working directory
        path.write_text(text.replace("hash(1_000_000)", "hash(50)"))
    if name == "data_parquet":
        tables.write_events(tmp_path)
    if name == "data_movielens":
        tables.write_movielens(tmp_path)
    if name in EPOCHS:
        path.write_text(text.replace("epochs=30", "epochs=2"))
    sets = {"num_sampled": "10"} if name == "youtube_dnn_merlin" else {}
    compilation = Compilation(str(path), sets=sets)
    assert not compilation.diagnostics, compilation.diagnostics
    data = data_of(name)

    run = specc.run.train(compilation, data=data, out=str(tmp_path / "run"), verbose=False)

    log = pl.read_csv(tmp_path / "run" / "log.csv")
    assert log["loss"].is_finite().all()
    program = run.program
    held_out = ["valid", "test"] if program.data.split is not None else ["all"]
    for part in held_out:
        assert list(run.metrics[part]) == [measure.name for measure in program.metrics]
        assert all(0 <= value < 10 for value in run.metrics[part].values())
    (tmp_path / "specs").rename(tmp_path / "gone")
    if name == "data_criteo":
        data = {"criteo": str(tmp_path / "gone" / "day_*.gz")}
    loaded = specc.run.Run.load(tmp_path / "run")
    measured = specc.run.evaluate(loaded, data=data)
    if not data:
        assert {part: measured[part] for part in held_out} == {part: run.metrics[part] for part in held_out}
    elif held_out == ["all"]:
        assert measured["data"] == pytest.approx(run.metrics["all"], nan_ok=True)
    predicted = specc.run.predict(loaded, data=data, out=tmp_path / "out.parquet", top=3 if loaded.candidates else None)
    assert pl.read_parquet(tmp_path / "out.parquet").equals(predicted)
    for head in (network.outputs for network in program.networks if network.role == "model"):
        for output in head:
            assert predicted[output].null_count() == 0
            if output in program.data.candidates:
                assert predicted[output].list.len().unique().to_list() == [3]
                assert predicted[f"{output}.score"].list.eval(pl.element().diff().fill_null(0) <= 0).list.all().all()
