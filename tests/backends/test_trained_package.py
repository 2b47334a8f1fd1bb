"""A package reads, fits, trains, measures and predicts as specc does: the same weights, the same report, the same predictions."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import numpy as np
import polars as pl
import pytest

from specc.driver import Compilation

from . import cases

RETRIEVAL = """rec 1
model Retrieval

schema plays {
  user_id : int(from="user") -> vocab            @user
  film    : int              -> vocab            @item
  stars   : float
  ts      : time
  watched = history(film, by=user_id, last=5)    @user
}
schema films(key=film) {
  title  : string
  genres : bag(string) -> vocab(unknown="(none)")  @item
  length : float?      -> fill(90) -> standardize
  year   = extract(title, "\\\\((\\\\d{4})\\\\)") -> vocab  @item
}
data {
  plays = csv("plays.csv")
  films = csv("films.tsv", key="id", sep="\\t", separate={genres: "|"})
  rows  = each(plays, where=stars >= 2 & ts < "2024-02-20")
  split = leave_last(by=user_id, valid=1, test=1)
}
embeddings { dim=4, l2=0.001 }

tower query = watched -> embed -> mean -> dropout(0.2) -> dense(4)
tower item  = [@item -> embed(combiner=mean), length] -> concat -> dense(4)

loss play = query -> softmax(item, negatives=[in_batch, popularity(5)], logq=true, where=stars > 2)
loss low  = query -> softmax(item, negatives=[in_batch], logq=true, where=stars <= 2)
metrics { play: [recall@5, ndcg@5(seen=remove)], low: recall@2 }
train { optimizer=adam(1e-2), batch=32, epochs=3, seed=7, early_stop(play.recall@5, patience=2) }
"""
MIXTURE = """rec 1
model Mixture

schema visits {
  user   : string -> vocab(min_count=2)     @user
  age    : int    -> buckets(20, 40)        @user
  part   : string -> vocab("am", "pm")      @user
  paid   : float? -> fill(0) -> log1p -> minmax  @number
  pair   = cross(user, part) -> hash(50)    @user
  weight : float
  day    : string
  seen   : seq(3) @events {
    item : string(from="item") -> vocab
    ago  : float(from="ago")   -> standardize
  }
  label bought : bool?
  label liked  = weight * 2 >= 1 & paid > 1 | part == "am"
}
data {
  visits = parquet("day=*/visits.parquet")
  split  = by_time(day, valid="2024-01-03", test="2024-01-04")
}
embeddings { dim=3 }
embeddings wide { dim=1, init=zeros }

tower inputs = [@user, @number, @events] -> embed(combiner=mean) -> concat
tower mix    = inputs -> ple(tasks=[bought, liked], levels=1, expert=mlp(4), gate=mlp(3), gate_metrics=true)
head bought  = [mix.bought -> dense(1), @user -> embed(wide) -> sum] -> sum -> as_logit
head liked   = mix.liked -> mlp(3) -> logit
loss bought  = bce(row_weight=1 / (weight + 1))
loss liked   = bce(weight=0.5, where=paid < 3 | age >= 30)
metrics {
  bought: [auc(by=user), logloss(row_weight=weight)]
  liked:  [accuracy, logloss(where=part == "pm")]
}
train { optimizer={default: adam(1e-2), wide: ftrl(0.1), tables: adagrad(0.1)}, batch=32, epochs=2, seed=3 }
"""
WHOLE = """rec 1
model Whole

schema rows {
  x : float -> standardize
  c : string -> vocab
  label y : float
}
embeddings { dim=2 }
head y = [x, c -> embed] -> concat -> dense(1)
loss y = mse
metrics { y: [rmse, mae] }
train { optimizer=sgd(0.1), batch=16, epochs=2, early_stop(y.rmse, patience=1) }
"""


def write_retrieval(folder: Path) -> list[str]:
    random = np.random.default_rng(1)
    rows, films = 300, 25
    start = datetime(2024, 1, 1)
    pl.DataFrame(
        {
            "user": random.integers(0, 20, rows),
            "film": np.minimum(random.geometric(0.1, rows), films + 2) + 100,
            "stars": random.integers(1, 6, rows).astype(float),
            "ts": [str(start + timedelta(hours=4 * int(n))) for n in random.permutation(rows)],
        }
    ).write_csv(folder / "plays.csv")
    pl.read_csv(folder / "plays.csv").drop("stars").write_csv(folder / "bare.csv")
    pl.DataFrame(
        {
            "id": np.arange(films) + 101,
            "title": [f"Film {n} ({1990 + n % 5})" for n in range(films)],
            "genres": ["|".join(["a", "b", "c"][: n % 4]) or "(none)" for n in range(films)],
            "length": [None if n % 7 == 0 else 80.0 + n for n in range(films)],
        }
    ).write_csv(folder / "films.tsv", separator="\t")
    return []


def write_mixture(folder: Path) -> list[str]:
    random = np.random.default_rng(2)
    for day in range(1, 5):
        rows = 60
        lengths = random.integers(0, 4, rows)
        table = pl.DataFrame(
            {
                "user": [f"u{n}" for n in random.integers(0, 8, rows)],
                "age": random.integers(10, 60, rows),
                "part": random.choice(["am", "pm", "night"], rows).tolist(),
                "paid": [None if n < 0.2 else n * 5 for n in random.random(rows)],
                "weight": random.random(rows),
                "item": [[f"i{n}" for n in random.integers(0, 6, length)] for length in lengths],
                "ago": [random.random(length).tolist() for length in lengths],
                "bought": [None if n < 0.1 else bool(n > 0.6) for n in random.random(rows)],
            }
        )
        path = folder / f"day=2024-01-0{day}"
        path.mkdir()
        table.write_parquet(path / "visits.parquet")
    return []


def write_whole(folder: Path) -> list[str]:
    random = np.random.default_rng(3)
    x = random.normal(size=80)
    frame = pl.DataFrame({"x": x, "c": random.choice(["a", "b"], 80).tolist(), "y": 2 * x + 1})
    frame.write_csv(folder / "whole.csv")
    frame.drop("y").write_csv(folder / "bare.csv")
    return ["rows=whole.csv"]


BARE = {"whole": "rows=bare.csv", "retrieval": "plays=bare.csv"}  # rows without labels, by case
CASES = {"retrieval": (RETRIEVAL, write_retrieval), "mixture": (MIXTURE, write_mixture), "whole": (WHOLE, write_whole)}
# All cases in one process a way, which imports TensorFlow once. Arguments: for each case a folder, a file for what is printed,
# and command lines, in JSON.
BY_SPECC = """
import contextlib, json, os, sys
from specc.cli import main
for folder, out, commands in json.loads(sys.argv[1]):
    os.chdir(folder)
    for command in commands:
        with open(out, "a") as file, contextlib.redirect_stdout(file):
            assert main(command) == 0, open(out).read()
        sys.modules["keras"].utils.clear_session()
"""
BY_PACKAGE = """
import contextlib, json, os, runpy, sys
class NoSpecc:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "specc":
            raise ImportError("a package needs no specc")
sys.meta_path.insert(0, NoSpecc())
sys.path.insert(0, sys.argv[2])
for folder, out, commands in json.loads(sys.argv[1]):
    os.chdir(folder)
    for module, *sys.argv[1:] in commands:
        with open(out, "a") as file, contextlib.redirect_stdout(file):
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        sys.modules["keras"].utils.clear_session()
"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each case in both ways: what was trained in `run` and `own`, what was printed in `*.out`, predictions in `*.parquet`."""
    found: dict[str, Path] = {}
    packages = tmp_path_factory.mktemp("packages")
    given: dict[str, list[tuple[str, str, list[list[str]]]]] = {BY_SPECC: [], BY_PACKAGE: []}
    for name, (spec, tables) in CASES.items():
        folder = found[name] = tmp_path_factory.mktemp(name)
        (folder / "spec.rec").write_text(spec)
        data = [part for one in tables(folder) for part in ("--data", one)]
        compilation = Compilation(str(folder / "spec.rec"))
        assert not compilation.diagnostics, [(d.message, str(d.span)) for d in compilation.diagnostics]
        assert compilation.program is not None
        cases.write_package(packages, compilation.program, name)
        commands = [["train", "spec.rec", "--out", "run", "--quiet", *data], ["predict", "run", "-o", "run.parquet", *data]]
        if name in BARE:
            commands.append(["predict", "run", "-o", "run.bare.parquet", "--data", BARE[name]])
        given[BY_SPECC].append((str(folder), "run.out", commands))
        commands = [
            [f"{name}.train", "--out", "own", *data],
            [f"{name}.predict", "--run", "own", "-o", "own.parquet", *data],
            [f"{name}.predict", "--run", "own", "-o", "own.csv", *data],
        ]
        if name in BARE:
            commands.append([f"{name}.predict", "--run", "own", "-o", "own.bare.parquet", "--data", BARE[name]])
        given[BY_PACKAGE].append((str(folder), "own.out", commands))
    quiet = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | quiet
    logs = [tmp_path_factory.mktemp("logs") / "err" for _ in given]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, json.dumps(commands), str(packages)],
            env=environment | ({"PYTHONPATH": str(cases.ROOT)} if code == BY_SPECC else {}),
            stderr=log.open("w"),
        )
        for (code, commands), log in zip(given.items(), logs, strict=True)
    ]
    for process, log in zip(started, logs, strict=True):
        assert process.wait(timeout=280) == 0, log.read_text()[-3000:]
    return found


def weights(path: Path) -> dict[str, Any]:
    """All arrays of a `.keras` file."""
    found: dict[str, Any] = {}
    with zipfile.ZipFile(path) as archive, h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
        file.visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return found


@pytest.mark.parametrize("name", CASES)
def test_it_trains_to_the_weights_of_specc_train(name: str, folders: dict[str, Path]) -> None:
    built, own = (weights(folders[name] / way / "model.keras") for way in ("run", "own"))
    assert list(built) == list(own)
    assert len(built) > 2
    for path, value in built.items():
        assert value.tobytes() == own[path].tobytes(), path


@pytest.mark.parametrize("name", CASES)
def test_it_reports_as_specc_train_does(name: str, folders: dict[str, Path]) -> None:
    reports = [(folders[name] / f"{way}.out").read_text() for way in ("run", "own")]
    assert reports[0] == reports[1]
    assert len(reports[0].splitlines()) > 2
    metrics, own = (json.loads((folders[name] / way / "metrics.json").read_text()) for way in ("run", "own"))
    assert {part: own[part] for part in own if part not in ("popularity", "gates")} == {
        part: metrics[part] for part in metrics if part not in ("popularity", "gates")
    }


@pytest.mark.parametrize("name", CASES)
def test_it_predicts_as_specc_predict_does(name: str, folders: dict[str, Path]) -> None:
    built, own = (pl.read_parquet(folders[name] / f"{way}.parquet") for way in ("run", "own"))
    assert built.schema == own.schema
    assert built.equals(own)
    assert built.height > 50
    assert (folders[name] / "own.csv").read_text().count("\n") == built.height + 1


@pytest.mark.parametrize("name", BARE)
def test_it_predicts_rows_without_labels(name: str, folders: dict[str, Path]) -> None:
    built, own = (pl.read_parquet(folders[name] / f"{way}.bare.parquet") for way in ("run", "own"))
    assert built.equals(own)
    assert built.height > 50


def test_a_layer_that_is_added_by_hand_is_trained(tmp_path: Path) -> None:
    """What is generated is there to be edited: one layer more in `model.py`, and nothing else."""
    spec, tables = CASES["whole"]
    (tmp_path / "spec.rec").write_text(spec)
    data = tables(tmp_path)
    program = Compilation(str(tmp_path / "spec.rec")).program
    assert program is not None
    path = cases.write_package(tmp_path, program, "edited") / "model.py"
    lines = path.read_text().splitlines(keepends=True)
    (place,) = [number for number, line in enumerate(lines) if 'layers.Dense(1, name="y_dense")' in line]
    lines[place] = (
        """    x = layers.Dense(7, activation="relu", name="by_hand")(x)\n    y = layers.Dense(1, name="y_dense")(x)\n"""
    )
    path.write_text("".join(lines))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    for command in (["edited.train", "--out", "own"], ["edited.predict", "--run", "own", "-o", "own.parquet"]):
        arguments = [sys.executable, "-m", *command, "--data", *data]
        done = subprocess.run(arguments, env=environment, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
    assert any(value.shape == (7, 1) for value in weights(tmp_path / "own" / "model.keras").values())
    assert pl.read_parquet(tmp_path / "own.parquet").height == 80
