"""A mistake in data is shown on the words of the spec that it contradicts, in whatever text of it is at hand."""

import json
import shutil
from pathlib import Path

import pytest

import specc
from specc.cli import main
from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError
from specc.driver import Compilation
from specc.ir.base import Place
from specc.run.source_map import SourceMap
from specc.text import Source

SCHEMA = """rec 1
schema r {
  user : int -> vocab
  age  : float -> standardize
  label stars : float
}
"""
SPEC = """rec 1
import "r.rec"
param held_out = random(valid=0.5)
data { r = csv("r.csv"), split = held_out }
embeddings { dim=2 }
head stars = [user, age] -> embed -> concat -> dense(1)
loss * = mse
metrics { stars: rmse }
train { optimizer=adam(1e-3), epochs=1 }
"""
GOOD = "user,age,stars\n" + "".join(f"{i % 5},{20 + i},{i % 3}\n" for i in range(20))
BAD = "user,age,stars\n1,20,3\n2,old,3\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a spec in two files, its data, other data in which row 2 is wrong, and a run."""
    folder = tmp_path_factory.mktemp("places")
    (folder / "r.rec").write_text(SCHEMA)
    (folder / "m.rec").write_text(SPEC)
    (folder / "r.csv").write_text(GOOD)
    (folder / "bad.csv").write_text(BAD)
    specc.train(folder / "m.rec", sets={"held_out": "random(valid=0.4)"}, out=folder / "run", verbose=False)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", [["evaluate", "run"], ["predict", "run", "-o", "p.csv"]])
def test_a_run_points_into_its_own_copy(command: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("m.rec", "r.rec"):
        (folder / name).unlink()
    assert main([*command, "--data", "r=bad.csv"]) == 1
    said = capsys.readouterr().err
    assert "column `age`, row 2 of bad.csv: `old` is not a float" in said
    assert "run/spec/r.rec:4:3" in said
    assert "4 |   age  : float -> standardize" in said
    assert "read here" not in said  # the file is not the one that the spec names


def test_a_run_points_at_what_it_reads(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    about = folder / "run/run.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"folder": str(folder)}))
    (folder / "r.csv").unlink()
    assert main(["evaluate", "run"]) == 1
    said = capsys.readouterr().err
    assert "r.csv: there is no such file" in said
    assert "run/spec/m.rec:4:16" in said
    (folder / "r.csv").write_text("user,age,stars\n1,20,3\n")
    assert main(["evaluate", "run"]) == 1
    said = capsys.readouterr().err
    assert "the split leaves no row for `valid`" in said
    assert "<--set held_out>:1:1" in said


@pytest.mark.parametrize("change", ["changed", "gone", "a link", "elsewhere"])
def test_no_text_that_is_not_as_it_was_written(change: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = folder / "run/spec/r.rec"
    if change == "changed":
        copy.write_text("# edited\n" + copy.read_text())
    elif change == "elsewhere":
        about = json.loads(Path("run/run.json").read_text())
        about["texts"] = {name: f"../{Path(path).name}" for name, path in about["texts"].items()}
        Path("run/run.json").write_text(json.dumps(about))
    else:
        copy.unlink()
    if change == "a link":
        copy.symlink_to(folder / "r.rec")
    assert main(["evaluate", "run", "--data", "r=bad.csv"]) == 1
    said = capsys.readouterr().err
    assert "column `age`, row 2 of bad.csv: `old` is not a float" in said
    assert ".rec" not in said


@pytest.mark.parametrize("stage", ["spec", "program"])
def test_saved_ir_has_no_text(stage: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "m.rec", "--data", "r=bad.csv"]) == 1
    assert "r.rec:4:3" in capsys.readouterr().out
    assert main(["ir", "m.rec", "--format", "json", "--stage", stage]) == 0
    Path("x.json").write_text(capsys.readouterr().out)
    for argv in (["check", "x.json", "--data", "r=bad.csv"], ["train", "x.json", "--data", "r=bad.csv"]):
        assert main(argv) == 1
        said = "".join(capsys.readouterr())
        assert "column `age`, row 2 of bad.csv: `old` is not a float" in said
        assert ".rec" not in said


@pytest.mark.parametrize("stage", ["spec", "program"])
@pytest.mark.parametrize(
    "change", [{"start": -1}, {"end": -1}, {"start": 9, "end": 8}, {"end": 10**30}, {"start": "x"}, {"file": 3}, {"line": 1}]
)
def test_a_place_that_is_none(stage: str, change: dict[str, object], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ir", "m.rec", "--format", "json", "--stage", stage]) == 0
    ir = json.loads(capsys.readouterr().out)
    place = ir["columns"][1]["at"] if stage == "spec" else ir["places"]["columns"]["age"]
    assert place == {"file": "r.rec", "start": SCHEMA.index("age"), "end": SCHEMA.index("age") + 3}
    place |= change
    Path("x.json").write_text(json.dumps(ir))
    assert main(["check", "x.json"]) == 1
    where = "columns.1.at" if stage == "spec" else "places.columns.age"
    assert f"error[REC804]: x.json: {where}" in capsys.readouterr().out


def test_a_place_outside_of_its_text_is_nowhere() -> None:
    program = Compilation(source=Source("m.rec", SPEC.replace('import "r.rec"', SCHEMA.removeprefix("rec 1")))).program
    assert program is not None
    text = Source("m.rec", "age")
    places = program.places.model_copy(
        update={
            "columns": {
                "here": Place(file="m.rec", start=0, end=3),
                "beyond": Place(file="m.rec", start=0, end=4),
                "elsewhere": Place(file="/etc/passwd", start=0, end=3),
            }
        }
    )
    found = SourceMap(program.model_copy(update={"places": places}), {"m.rec": text})
    here = found.column("here")
    assert here is not None
    assert here.text == "age"
    assert [found.column(name) for name in ("beyond", "elsewhere", "unheard of", None)] == [None] * 4


def failing(folder: Path, old: str, new: str) -> Diagnostic:
    """What training says of a spec in which something is changed."""
    (folder / "m.rec").write_text(SPEC.replace(old, new))
    with pytest.raises(SpecError) as caught:
        specc.train("m.rec", out="other", verbose=False)
    (found,) = caught.value.diagnostics
    return found


def test_a_loss_of_every_head(folder: Path) -> None:
    found = failing(folder, "loss * = mse", "loss * = mse(where=age > 1000)")
    assert (found.code, found.span and found.span.text) == ("REC708", "*")


def test_a_metric_that_cannot_be_measured(folder: Path) -> None:
    found = failing(folder, "rmse }\ntrain { ", "rmse(where=age > 1000) }\ntrain { early_stop(stars.rmse), ")
    assert (found.code, found.span and found.span.text) == ("REC708", "rmse(where=age > 1000)")
