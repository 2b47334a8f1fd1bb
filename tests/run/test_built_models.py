"""`specc.build`: initial weights, or those of a run; candidates with the columns that the data have; and what is not a model."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import specc
import specc.analysis.fits
from specc.cli import main
from specc.diagnostics.errors import SpecError

SPEC = """rec 1
model Films
schema plays {
  user  : int -> vocab
  film  : int -> vocab
  label liked : bool
}
schema films(key=film) {
  genre : string -> vocab
  year  : float -> standardize
}
param width = 4
embeddings { dim=4 }
tower query = user -> embed
tower item = [genre -> embed, year] -> concat -> dense(4)
loss next = query -> softmax(item, negatives=[in_batch, popularity(3)])
head liked = [user, film] -> embed -> concat -> mlp(width) -> logit
loss liked = bce
metrics { next: [recall@2], liked: auc }
train { optimizer=adam(1e-1), batch=32, epochs=2, seed=1 }
"""
PLAYS = pl.DataFrame({"user": [i % 5 for i in range(120)], "film": [i * 7 % 11 for i in range(120)]})
DATA = {
    "plays": PLAYS.with_columns(liked=pl.col("film") % 3 == 0),
    "films": pl.DataFrame(
        {"film": range(11), "genre": ["abc"[i % 3] for i in range(11)], "year": [1950.0 + 5 * i for i in range(11)]}
    ),
}
SIZES = {"user": 6, "film": 12, "genre": 4}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a spec and its run."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "films.rec").write_text(SPEC)
    for name, frame in DATA.items():
        frame.write_parquet(folder / f"{name}.parquet")
    given = {name: folder / f"{name}.parquet" for name in DATA}
    specc.train(folder / "films.rec", sets={"width": 3}, data=given, out=folder / "run", verbose=False)
    return folder


@pytest.fixture
def inside(home, monkeypatch):
    monkeypatch.chdir(home)


def rows() -> dict[str, np.ndarray]:
    return {"user": np.arange(1, 6, dtype="int32"), "film": np.arange(1, 6, dtype="int32")}


def test_a_run_gives_its_weights(inside, capsys):
    trained = specc.run.Run.load("run")
    initial = specc.build("films.rec", sizes=SIZES, sets={"width": 3})
    built = specc.build_models("films.rec", sets={"width": 3}, run="run")
    expected, found = (one.model.predict(rows(), verbose=0) for one in (trained.models, built))
    for name in ("liked", "next"):
        np.testing.assert_array_equal(found[name], expected[name])
        assert not np.allclose(found[name], initial.predict(rows(), verbose=0)[name])
    ids = trained.candidates["next"].ids
    vectors = [one.candidates["next"].predict(ids, verbose=0) for one in (trained.models, built)]
    np.testing.assert_array_equal(*vectors)
    assert main(["build", "films.rec", "--set", "width=3", "--run", "run", "-o", "trained.keras"]) == 0
    import keras

    saved = keras.saving.load_model("trained.keras").predict(rows(), verbose=0)
    np.testing.assert_allclose(saved["liked"], expected["liked"], rtol=1e-6)


def test_a_run_of_another_model(inside, capsys):
    assert main(["build", "films.rec", "--run", "run"]) == 1
    said = capsys.readouterr().err
    assert "error[REC808]: run has the weights of another model than films.rec" in said
    assert "from run/spec.rec with `--set width='3'`" in said
    assert main(["build", "films.rec", "--run", "run", "--set", "width=3", "--size", "user=7"]) == 1
    assert "error[REC806]: run has 6 ids of `user`" in capsys.readouterr().err
    assert specc.build("films.rec", run="run", sets={"width": 3}, sizes={"user": 6}).name == "Films"
    Path("other.rec").write_text(SPEC.replace("epochs=2", "epochs=5").replace("metrics { next: [recall@2], ", "metrics { "))
    assert specc.build("other.rec", run="run", sets={"width": 3}).name == "Films"  # how it is trained may differ


def test_candidates_have_the_columns_of_the_data(inside):
    models = specc.build_models("films.rec", data=DATA)
    vectors = models.candidates["next"].predict(np.arange(1, 12), verbose=0)
    assert len(np.unique(vectors.round(5), axis=0)) == 11  # years differ: with zeros, all would be equal
    networks = specc.build_models("films.rec", data=DATA, sizes={"genre": 4})
    np.testing.assert_array_equal(networks.candidates["next"].predict(np.arange(1, 12), verbose=0), vectors)


@pytest.mark.parametrize("given", [{"sizes": SIZES}, {"sizes": {"film": 20}, "data": DATA}])
def test_candidates_of_sizes_alone_have_none(given, inside):
    models = specc.build_models("films.rec", **given)
    assert set(models.model.predict(rows(), verbose=0)) == {"liked", "next"}
    assert "next" not in models.candidates
    with pytest.raises(SpecError, match=r"REC809.*`genre`, `year` of `films`"):
        models.candidates["next"]
    with pytest.raises(KeyError):
        models.candidates["nobody"]


@pytest.mark.parametrize("command", ["build", "codegen"])
@pytest.mark.parametrize(("size", "code"), [(3, "REC716"), (1, "REC713")])
def test_fewer_candidates_than_negatives(command, size, code, inside, capsys):
    sizes = [word for name, n in {**SIZES, "film": size}.items() for word in ("--size", f"{name}={n}")]
    assert main([command, "films.rec", *sizes]) == 1
    said = capsys.readouterr().err
    assert f"error[{code}]: " in said
    assert "--> films.rec:16:6" in said


def test_weights_that_no_machine_holds(inside, capsys):
    Path("wide.rec").write_text(SPEC.replace("dim=4", "dim=1000").replace("dense(4)", "dense(1000)"))
    sizes = [word for name, n in {**SIZES, "user": 2**31 - 1}.items() for word in ("--size", f"{name}={n}")]
    assert main(["build", "wide.rec", *sizes]) == 1
    said = capsys.readouterr().err
    assert "error[REC807]: the weights of Films take 25,769.8 GB of memory, and this machine has" in said
    assert "the most is in `user_embedding`, 8,589.9 GB" in said


def test_memory_is_compared_before_training_and_slots_are_counted(inside, monkeypatch, capsys):
    monkeypatch.setattr(specc.analysis.fits, "memory", lambda: 1_800)
    argv = ["--data", "plays=plays.parquet", "--data", "films=films.parquet"]
    assert main(["build", "films.rec", *argv]) == 0
    assert main(["train", "films.rec", *argv, "--quiet", "--out", "none"]) == 1
    assert "error[REC807]" in capsys.readouterr().err
    assert not Path("none").exists()
    Path("hashed.rec").write_text(SPEC.replace("user  : int -> vocab", "user  : int -> hash(1_000)"))
    assert main(["train", "hashed.rec", "--data", "plays=gone.csv", "--quiet", "--out", "none"]) == 1
    assert "error[REC807]" in capsys.readouterr().err  # the data are not even looked for


@pytest.mark.parametrize("kind", ["MemoryError", "ResourceExhaustedError"])
def test_memory_that_runs_out_is_no_bug(kind, inside, monkeypatch, capsys):
    import tensorflow as tf

    error = (
        MemoryError("Unable to allocate 9 TiB")
        if kind == "MemoryError"
        else tf.errors.ResourceExhaustedError(None, None, "OOM")
    )

    def full(*args, **kwargs):
        raise error

    monkeypatch.setattr(specc.run.runs, "read_json", full)
    assert main(["evaluate", "run"]) == 1
    assert "error[REC807]: there is no memory left: " in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="limits of a process")
def test_a_limit_of_the_process(home, tmp_path):
    code = "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (1 << 28,) * 2)\nfrom specc.cli import main\nsys.exit(main(sys.argv[1:]))"
    (tmp_path / "x.json").write_text(json.dumps({"specc": 1, "a": [[]] * 5_000_000}))
    command = [sys.executable, "-c", code, "cost", str(tmp_path / "x.json")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(specc.__file__).parents[1])
    assert done.returncode == 1, done.stderr
    assert "error[REC807]: there is no memory left" in done.stderr
