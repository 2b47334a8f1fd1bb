"""The run folder: written, read, damaged; and that a seed decides everything."""

import json
import re
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import specc.run
from specc.diagnostics.errors import SpecError
from specc.driver import Compilation
from specc.run.runs import Run

from .tables import movies, ratings

SCHEMA = """rec 1
schema ratings {
  user_id   : int -> vocab  @user
  movie_id  : int -> vocab
  rating    : float
  timestamp : time
  watched   = history(movie_id, by=user_id, last=10)
  label liked = rating >= 3
}
schema movies(key=movie_id) {
  year : float -> standardize
  genres : bag(string) -> vocab
}
data {
  ratings = csv("ratings.csv")
  movies  = csv("movies.csv", separate={genres: "|"})
  split   = leave_last(by=user_id, valid=1, test=1)
}
embeddings { dim=4 }
"""
SPEC = """rec 1
model Tiny
import "schemas/ratings.rec"

param experts = 2
tower query = watched -> embed -> mean -> dropout(0.2) -> dense(4)
tower film  = [[movie_id, genres] -> embed(combiner=mean), year] -> concat -> dense(4)
loss next = query -> softmax(film, negatives=[in_batch, popularity(5)], logq=true)

tower mix = [user_id, movie_id] -> embed -> concat -> mmoe(tasks=[liked], expert=mlp(4), experts=experts, gate_metrics=true)
head liked = mix.liked -> logit
loss liked = bce
metrics {
  next: [recall@5, ndcg@5(seen=remove)]
  liked: [auc, logloss]
}
train { optimizer=adam(1e-2), batch=64, epochs=4, seed=3, early_stop(next.recall@5, patience=3) }
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a spec, its import and its data."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "schemas").mkdir()
    (folder / "schemas" / "ratings.rec").write_text(SCHEMA)
    (folder / "tiny.rec").write_text(SPEC)
    ratings().write_csv(folder / "ratings.csv")
    movies().write_csv(folder / "movies.csv")
    return folder


def compiled(home: Path, **sets: str) -> Compilation:
    compilation = Compilation(str(home / "tiny.rec"), sets=sets)
    assert not compilation.diagnostics, compilation.diagnostics
    return compilation


@pytest.fixture(scope="module")
def run(home: Path) -> Run:
    return specc.run.train(compiled(home, experts="3"), out=str(home / "run"), verbose=False)


def test_the_folder_holds_what_a_run_is(run: Run) -> None:
    files = {str(path.relative_to(run.folder)) for path in Path(run.folder).rglob("*") if path.is_file()}
    assert files == {
        "spec/tiny.rec",
        "spec/schemas/ratings.rec",
        "spec.json",
        "program.json",
        "features.json",
        "candidates/next.parquet",
        "weights.weights.h5",
        "model.keras",
        "metrics.json",
        "log.csv",
        "run.json",
    }
    again = Compilation(str(Path(run.folder) / run.about["spec"]), sets=run.about["sets"])
    assert again.program is not None
    assert again.program.calls == run.program.calls


def test_what_is_loaded_measures_exactly_as_what_was_trained(run: Run) -> None:
    measured = specc.run.evaluate(run.folder)
    for part in ("valid", "test"):
        assert measured[part] == run.metrics[part]
        assert measured["popularity"][part] == run.metrics["popularity"][part]
    assert measured["gates"] == run.metrics["gates"]
    log = pl.read_csv(Path(run.folder) / "log.csv")
    assert log["val_next.recall@5"].max() == pytest.approx(run.metrics["valid"]["next.recall@5"])


def test_gates_sum_to_one(run: Run) -> None:
    gates = run.metrics["gates"]["test"]
    assert list(gates) == [f"mix.level_1.gate_liked.weight_{i}" for i in range(3)]
    assert sum(gates.values()) == pytest.approx(1)


def test_the_report_shows_parts_beside_popularity(run: Run) -> None:
    title, *lines = run.report().splitlines()
    assert re.split(r"  +", title.strip()) == ["valid", "popularity, valid", "test", "popularity, test"]
    assert lines[0].split()[0] == "next.recall@5"
    assert any(line.startswith("liked.auc ") and line.endswith("-") for line in lines)


def test_predictions_without_labels_are_those_of_the_model(run: Run, home: Path) -> None:
    rows = ratings().drop("rating")
    predicted = specc.run.predict(run, data={"ratings": rows, "movies": home / "movies.csv"}, top=40)
    assert predicted.columns == ["user_id", "movie_id", "timestamp", "liked", "next", "next.score"]
    assert predicted["timestamp"].to_list() == rows["timestamp"].to_list()
    known = run.candidates["next"]
    assert predicted["next"].list.len().unique().to_list() == [len(known.ids)]
    assert sorted(predicted["next"][0]) == sorted(known.values)
    # Row 0 by hand: its history, encoded by place in the vocabulary, through the exported model and the candidates.
    frame = ratings().sort("timestamp")
    first = rows.row(0, named=True)
    earlier = frame.filter((pl.col("user_id") == first["user_id"]) & (pl.col("timestamp") < first["timestamp"]))
    vocabulary = json.loads((Path(run.folder) / "features.json").read_text())["encoders"]
    movie_ids = vocabulary["movie_id"][0]["values"]
    ids = [movie_ids.index(m) + 1 if m in movie_ids else 0 for m in earlier["movie_id"].tail(10)]
    users = vocabulary["user_id"][0]["values"]
    inputs = {
        "watched": np.array([ids + [-1] * (10 - len(ids))], "int32"),
        "user_id": np.array([users.index(first["user_id"]) + 1], "int32"),
        "movie_id": np.array([movie_ids.index(first["movie_id"]) + 1 if first["movie_id"] in movie_ids else 0], "int32"),
    }
    outputs = run.models.model.predict(inputs, verbose=0)
    assert predicted["liked"][0] == pytest.approx(float(outputs["liked"][0, 0]), rel=1e-5)
    vectors = run.models.candidates["next"].predict(known.ids, verbose=0)
    scores = vectors @ outputs["next"][0]
    np.testing.assert_allclose(predicted["next.score"][0], np.sort(scores)[::-1], rtol=1e-4, atol=1e-6)


def test_predictions_as_csv(run: Run, tmp_path: Path) -> None:
    specc.run.predict(run, out=tmp_path / "out.csv", top=2)
    table = pl.read_csv(tmp_path / "out.csv")
    assert table.height == 400
    assert table["next"].str.split("|").list.len().unique().to_list() == [2]
    with pytest.raises(SpecError, match=r"as \.parquet or \.csv"):
        specc.run.predict(run, out=tmp_path / "out.txt")


def test_a_seed_gives_the_same_weights_and_another_gives_others(run: Run, home: Path, tmp_path: Path) -> None:
    saved = Compilation(str(Path(run.folder) / "program.json"))  # a Program that was written trains alike
    paths = {name: home / f"{name}.csv" for name in ("ratings", "movies")}
    again = specc.run.train(saved, data=paths, out=str(tmp_path / "again"), verbose=False)
    weights = run.models.training.get_weights()
    assert all((a == b).all() for a, b in zip(weights, again.models.training.get_weights(), strict=True))
    (home / "other.rec").write_text(SPEC.replace("seed=3", "seed=4"))
    other = specc.run.train(
        Compilation(str(home / "other.rec"), sets={"experts": "3"}), out=str(tmp_path / "other"), verbose=False
    )
    assert any((a != b).any() for a, b in zip(weights, other.models.training.get_weights(), strict=True))


def test_other_data_are_measured_whole(run: Run, home: Path, tmp_path: Path) -> None:
    ratings(rows=100).write_csv(tmp_path / "new.csv")
    measured = specc.run.evaluate(run, data={"ratings": tmp_path / "new.csv"})
    assert [name for name in measured if name not in ("popularity", "gates")] == ["data"]
    with pytest.raises(SpecError, match="REC703"):
        specc.run.evaluate(run, data={"ratings": home / "movies.csv"})
    with pytest.raises(SpecError, match="REC715"):
        specc.run.evaluate(run, data={"rating": home / "ratings.csv"})


def edit(name: str, key: str, value: Any) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        content = json.loads((folder / name).read_text())
        content[key] = value
        (folder / name).write_text(json.dumps(content))

    return apply


def foreign_weights(folder: Path) -> None:
    import keras

    inputs = {name: keras.Input((), name=name) for name in "ab"}
    keras.Model(inputs, keras.layers.Concatenate()([keras.layers.Dense(2)(x[:, None]) for x in inputs.values()])).save_weights(
        folder / "weights.weights.h5"
    )


def without(name: str, *keys: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        content = inner = json.loads((folder / name).read_text())
        for key in keys[:-1]:
            inner = inner[key]
        del inner[keys[-1]]
        (folder / name).write_text(json.dumps(content))

    return apply


def flipped(name: str) -> Callable[[Path], None]:
    """A bit of a byte in the middle, which is a number: HDF5 and JSON read it."""

    def apply(folder: Path) -> None:
        content = bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / name).write_bytes(content)

    return apply


def without_a_mean(folder: Path) -> None:
    content = json.loads((folder / "features.json").read_text())
    content["encoders"]["year"] = [dict.fromkeys(state) for state in content["encoders"]["year"]]
    (folder / "features.json").write_text(json.dumps(content))


DAMAGE: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "no run.json": ("REC720", lambda folder: (folder / "run.json").unlink()),
    "another format": ("REC721", edit("run.json", "format", 99)),
    "run.json is no JSON": ("REC721", lambda folder: (folder / "run.json").write_text("{")),
    "no program": ("REC721", lambda folder: (folder / "program.json").unlink()),
    "a foreign program": ("REC721", edit("program.json", "layers", [{"name": "x", "target": "os.system"}])),
    "a program without a key": ("REC721", lambda folder: (folder / "program.json").write_text("{}")),
    "encoders of another spec": ("REC721", edit("features.json", "encoders", {"a": []})),
    "sizes of other data": ("REC721", edit("features.json", "sizes", {"user_id": 3, "movie_id": 4, "genres": 2})),
    "cut weights": ("REC721", lambda folder: (folder / "weights.weights.h5").write_bytes(b"\x89HDF\r\n")),
    "weights of another model": ("REC721", foreign_weights),
    "candidates that are no table": ("REC721", lambda folder: (folder / "candidates" / "next.parquet").write_bytes(b"PAR1")),
    "no data": ("REC721", without("run.json", "data")),
    "no folder": ("REC721", without("run.json", "folder")),
    "no shapes": ("REC721", edit("run.json", "catalogue", None)),
    "rows are no numbers": ("REC721", edit("run.json", "rows", {"train": "x"})),
    "files that nobody knows": ("REC721", edit("run.json", "files", {})),
    "a mean that is none": ("REC721", without_a_mean),
    "no size": ("REC721", without("features.json", "sizes", "user_id")),
    "a program without a measure's key": ("REC721", edit("program.json", "metrics", [])),
    "a weight that is another": ("REC721", flipped("weights.weights.h5")),
    "a candidate that is another": ("REC721", flipped("candidates/next.parquet")),
    "metrics are no object": ("REC721", lambda folder: (folder / "metrics.json").write_text("3")),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_folder_is_a_diagnostic(damage: str, run: Run, tmp_path: Path) -> None:
    code, change = DAMAGE[damage]
    folder = tmp_path / "run"
    shutil.copytree(run.folder, folder)
    change(folder)
    with pytest.raises(SpecError, match=code) as caught, warnings.catch_warnings(record=True) as warned:
        specc.run.predict(folder)
    assert not warned
    assert str(folder) in caught.value.diagnostics[0].message


def test_the_name_of_a_folder_is_no_pattern(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "x=1" / "run[1]*"
    shutil.copytree(run.folder, folder)
    expected = specc.run.predict(run, top=3)
    assert specc.run.predict(folder, top=3).equals(expected)


def test_more_candidates_than_there_are(run: Run, tmp_path: Path) -> None:
    expected = specc.run.predict(run, top=len(run.candidates["next"].ids))
    assert specc.run.predict(run, top=10**30).equals(expected)


def test_a_folder_with_other_files_is_left_alone(home: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("work")
    with pytest.raises(SpecError, match="REC722"):
        specc.run.train(compiled(home), out=str(tmp_path), verbose=False)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_training_that_diverges(home: Path, tmp_path: Path) -> None:
    text = SPEC.replace("adam(1e-2)", "sgd(1e30)")
    (home / "wild.rec").write_text(text)
    with pytest.raises(SpecError, match="REC717"):
        specc.run.train(Compilation(str(home / "wild.rec")), out=str(tmp_path / "wild"), verbose=False)
    assert not (tmp_path / "wild").exists()


def test_held_out_rows_that_do_not_fit_are_told_before_training(home: Path, tmp_path: Path) -> None:
    (home / "late.rec").write_text(SPEC.replace("next: [recall@5,", "next: [recall@5(row_weight=1 / (rating - 7)),"))
    compilation = Compilation(str(home / "late.rec"))
    assert not compilation.diagnostics, compilation.diagnostics
    newest = pl.col("timestamp") == pl.col("timestamp").max().over("user_id")
    worse = ratings().with_columns(rating=pl.when(newest).then(7.0).otherwise(8.0))
    with pytest.raises(SpecError, match="REC712"):
        specc.run.train(compilation, data={"ratings": worse}, out=str(tmp_path / "late"), verbose=False)
    assert not (tmp_path / "late").exists()


def test_sizes_of_a_run_need_no_tensorflow(run: Run) -> None:
    code = f"import sys; from specc.run import Run; n = Run.load({run.folder!r}).sizes['movie_id']"
    code += "; print(n, 'tensorflow' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == [str(run.sizes["movie_id"]), "False"]
