"""Where runs and predictions are written: nothing of the user's is lost, and an earlier run stays until the new one is whole."""

import json
import os
import resource
import shutil
from pathlib import Path

import polars as pl
import pytest

import specc
import specc.run.making as making
import specc.run.saving as saving
from specc.cli import main
from specc.diagnostics.errors import SpecError

SPEC = """rec 1
model M
import "views.rec"
tower x = @user -> embed -> concat
head click = x -> logit
loss click = bce
metrics { click: [auc] }
train { optimizer=adam(1e-2), batch=64, epochs=2, seed=1 }
"""
VIEWS = """rec 1
schema views {
  user_id : int -> vocab @user
  hour : int -> index(24) @user
  label click : bool
}
data { views = csv("v.csv"), split = random(valid=0.2, test=0.2) }
embeddings { dim=4 }
"""


def views(rows: int = 200) -> pl.DataFrame:
    return pl.DataFrame([{"user_id": i % 7, "hour": i * 5 % 24, "click": i % 3 == 0} for i in range(rows)])


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with a spec, below a folder that is called as one of a run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "m.rec").write_text(SPEC)
    (tmp_path / "spec" / "views.rec").write_text(VIEWS)
    views().write_csv(tmp_path / "spec" / "v.csv")
    return tmp_path


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run, and its data: trained once."""
    home = tmp_path_factory.mktemp("home")
    (home / "m.rec").write_text(SPEC)
    (home / "views.rec").write_text(VIEWS)
    views().write_csv(home / "v.csv")
    specc.train(home / "m.rec", out=home / "run", verbose=False)
    return home


def test_a_folder_that_only_looks_like_a_run_is_left_alone(project, capsys):
    before = files(project)
    assert main(["train", "spec/m.rec", "--quiet", "--out", "."]) == 2
    assert "REC722" in capsys.readouterr().err
    (project / "run.json").write_text('{"spec": "mine"}')
    assert main(["train", "spec/m.rec", "--quiet", "--out", "."]) == 2
    assert files(project) == {**before, "run.json": b'{"spec": "mine"}'}


@pytest.mark.parametrize("out", ["", "spec/m.rec", "spec/m.rec/run", "loop/run"])
def test_a_place_that_cannot_be_made(out, project, capsys):
    os.symlink("loop", "loop")
    before = files(project)
    assert main(["train", "spec/m.rec", "--quiet", "--out", out]) == 2
    assert "error[REC722]: cannot make the run folder" in capsys.readouterr().err
    assert files(project) == before
    assert not (project / "runs").exists()


def test_a_run_takes_the_place_of_another_and_leaves_other_files(trained, project):
    shutil.copytree(trained / "run", project / "keep")
    (project / "keep" / "spec" / "notes.txt").write_text("mine")
    (project / "keep" / "p.csv").write_text("mine")
    about = json.loads((project / "keep" / "run.json").read_text())
    about["files"] |= {"candidates/old.parquet": "", "../my.csv": "", "p.csv": "", "spec/../../my.csv": ""}
    (project / "keep" / "run.json").write_text(json.dumps(about))
    (project / "keep" / "candidates").mkdir()
    (project / "keep" / "candidates" / "old.parquet").write_text("of another model")
    (project / "my.csv").write_text("mine")
    run = specc.train("spec/m.rec", out="keep", verbose=False)
    there = files(project / "keep")
    assert there["spec/notes.txt"] == there["p.csv"] == (project / "my.csv").read_bytes() == b"mine"
    assert not (project / "keep" / "candidates").exists()  # no part of this run
    assert set(there) == {*run.about["files"], "run.json", "spec/notes.txt", "p.csv"}
    assert specc.evaluate("keep")["valid"] == run.metrics["valid"]


def test_training_that_fails_leaves_the_earlier_run(trained, project):
    shutil.copytree(trained / "run", project / "keep")
    (project / "spec" / "m.rec").write_text(SPEC.replace("adam(1e-2)", "sgd(1e30)"))
    before = files(project)
    for out in ("keep", "new/deep"):
        with pytest.raises(SpecError, match="REC717"):
            specc.train("spec/m.rec", out=out, verbose=False)
    with pytest.raises(SpecError, match="REC717"):
        specc.train("spec/m.rec", verbose=False)
    assert files(project) == before
    assert sorted(path.name for path in project.iterdir()) == ["keep", "spec"]


@pytest.mark.parametrize("room", [2_000, 20_000])
def test_a_disk_that_is_full_is_said_with_the_file(room, project, monkeypatch, capsys):
    def save(*args):
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
        try:
            saved(*args)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    saved = making.save_run
    monkeypatch.setattr(making, "save_run", save)
    assert main(["train", "spec/m.rec", "--quiet", "--out", "new"]) == 2
    name = "spec.json" if room == 2_000 else "weights.weights.h5"
    assert f"error[REC722]: cannot write new/{name}: File too large" in capsys.readouterr().err
    assert not (project / "new").exists()


def test_only_a_disk_is_called_a_disk(project, monkeypatch, capsys):
    def save(*args):
        raise RuntimeError("weights of another shape")

    monkeypatch.setattr(saving, "everything", save)
    assert main(["train", "spec/m.rec", "--quiet", "--out", "new"]) == 70
    said = capsys.readouterr().err
    assert "weights of another shape" in said
    assert "REC722" not in said
    assert not (project / "new").exists()


def test_candidates_are_not_asked_of_a_run_that_ranks_none(trained, project, capsys):
    assert main(["predict", str(trained / "run"), "-o", "p.csv", "--top", "3"]) == 1
    said = capsys.readouterr().err
    assert "error[REC723]:" in said
    assert "ranks no candidates" in said
    assert not Path("p.csv").exists()


@pytest.mark.parametrize("out", ["v.csv", "link.csv", "sub/../v.csv", "p.csv", "run/log.csv"])
def test_predictions_do_not_replace_what_they_are_made_of(out, trained, tmp_path, monkeypatch, capsys):
    shutil.copytree(trained, tmp_path / "home")
    monkeypatch.chdir(tmp_path / "home")
    os.symlink("v.csv", "link.csv")
    os.mkdir("sub")
    views(20).write_csv("p.csv")
    run = json.loads(Path("run/run.json").read_text())
    run["folder"] = os.getcwd()
    Path("run/run.json").write_text(json.dumps(run))
    before = files(Path())
    given = ["--data", "views=p.csv"] if out == "p.csv" else []
    assert main(["predict", "run", "-o", out, *given]) == 2
    assert f"error[REC722]: {out} " in capsys.readouterr().err
    assert files(Path()) == before
    assert os.path.islink("link.csv")
    assert main(["predict", "run", "-o", "new.csv", *given]) == 0
    assert main(["predict", "run", "-o", "new.csv", *given]) == 0  # earlier predictions are no input


def test_a_run_that_was_trained_on_frames_asks_for_them(project, capsys):
    specc.train("spec/m.rec", data={"views": views(300)}, out="run", verbose=False)
    assert main(["evaluate", "run"]) == 1
    err = capsys.readouterr().err
    assert "error[REC714]: run was trained on a DataFrame for `views`" in err
    assert "--data views=PATH" in err
    with pytest.raises(SpecError, match="REC714"):
        specc.predict("run")
    measured = specc.evaluate("run", data={"views": views(300)})
    assert list(measured["data"]) == ["click.auc"]
    assert specc.predict("run", data={"views": "spec/v.csv"}).height == 200


def test_a_folder_that_cannot_be_read_is_not_called_empty(project, capsys):
    os.symlink("loop", "loop")  # as a folder without permission, but for root, too
    assert main(["evaluate", "loop"]) == 2
    assert "error[REC720]: loop cannot be read: Too many levels of symbolic links" in capsys.readouterr().err


def test_a_run_finds_data_that_lay_beside_the_spec(tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    (tmp_path / "elsewhere").mkdir()
    text = "rec 1\nmodel M\nschema clicks {\n  u : int -> vocab\n  label y : bool\n}\nembeddings { dim=2 }\n"
    text += (
        "head y = u -> embed -> logit\nloss y = bce\nmetrics { y: logloss }\ntrain { optimizer=sgd(0.1), batch=4, epochs=1 }\n"
    )
    (tmp_path / "sub" / "clicks.rec").write_text(text)
    (tmp_path / "sub" / "w.csv").write_text("u,y\n1,true\n2,false\n1,false\n2,true\n")
    monkeypatch.chdir(tmp_path)
    argv = ["train", "sub/clicks.rec", "--data", "clicks=w.csv", "--out", "run", "--quiet"]
    assert main(argv) == 0
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert main(["evaluate", "../run"]) == 0
    assert main(["predict", "../run", "-o", "out.csv"]) == 0


def about_with(folder: Path, **changes: object) -> None:
    about = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(about | changes))


@pytest.mark.parametrize("link", ["candidates", "spec", "spec/deep"])
def test_a_folder_of_a_run_that_leads_elsewhere(link, trained, project, capsys):
    """Nothing is removed, replaced or made outside of `--out`, whatever its run.json lists."""
    shutil.copytree(trained / "run", project / "keep")
    (project / "mine").mkdir()
    for name in ("old.parquet", "m.rec", "views.rec"):
        (project / "mine" / name).write_text("mine")
    (project / "mine" / "empty").mkdir()
    if (project / "keep" / link).exists():
        shutil.rmtree(project / "keep" / link)
    os.symlink(project / "mine", project / "keep" / link)
    listed = json.loads((project / "keep" / "run.json").read_text())["files"]
    about_with(project / "keep", files={**listed, f"{link}/old.parquet": "", f"{link}/m.rec": ""})
    before = files(project)
    assert main(["train", "spec/m.rec", "--quiet", "--out", "keep"]) == 2
    assert f"error[REC722]: keep/{link} is a link in the way" in capsys.readouterr().err
    assert files(project) == before
    assert (project / "mine" / "empty").exists()


@pytest.mark.parametrize("name", ["../views.csv", "/etc/hostname", "spec/../../views.csv", "", ".", "a//b", "./a", "a\0b"])
def test_a_run_that_names_files_elsewhere_is_none(name, trained, tmp_path, capsys):
    shutil.copytree(trained / "run", tmp_path / "run")
    about_with(tmp_path / "run", files={**json.loads((tmp_path / "run" / "run.json").read_text())["files"], name: ""})
    assert main(["evaluate", str(tmp_path / "run")]) == 1
    assert "is not a file in the folder" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["run.json", "program.json", "features.json", "metrics.json", "weights.weights.h5"])
@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_a_file_of_a_run_that_is_none(name, kind, trained, tmp_path, capsys):
    shutil.copytree(trained / "run", tmp_path / "run")
    os.rename(tmp_path / "run" / name, tmp_path / "outside")
    if kind == "link":
        os.symlink(tmp_path / "outside", tmp_path / "run" / name)
    else:
        (os.mkfifo if kind == "pipe" else os.mkdir)(tmp_path / "run" / name)
    assert main(["evaluate", str(tmp_path / "run")]) == 1
    said = capsys.readouterr().err
    assert f"error[REC721]: {tmp_path / 'run'}: {name} " in said
    assert {"link": "is a link", "pipe": "not a regular file", "folder": "Is a directory"}[kind] in said


def test_a_run_of_which_no_end_comes_is_not_waited_for(project, capsys):
    (project / "keep").mkdir()
    os.mkfifo(project / "keep" / "run.json")
    assert main(["train", "spec/m.rec", "--quiet", "--out", "keep"]) == 2
    assert "error[REC722]: keep holds files that are no run" in capsys.readouterr().err
