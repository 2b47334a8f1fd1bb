"""Places that cannot be written, sizes and models that are not there: a message and an exit code, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from specc.cli import main
from specc.diagnostics.errors import SpecError
from specc.files import writing

ROOT = str(Path(__file__).parents[2])
SPEC = """rec 1
schema views {
  user_id : int -> vocab
  hour : int -> index(24)
  label click : bool
}
embeddings { dim=4 }
head click = [user_id, hour] -> embed -> concat -> logit
loss click = bce
"""


@pytest.fixture
def spec(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clicks.rec").write_text(SPEC)
    return "clicks.rec"


@pytest.mark.parametrize("out", ["clicks.rec/x", "locked"])
def test_a_package_that_cannot_be_written(spec, tmp_path, out, capsys):
    (tmp_path / "locked").mkdir()
    (tmp_path / "locked" / "clicks").write_text("")
    assert main(["codegen", spec, "-o", out]) == 2
    assert f"error[REC722]: cannot write {out}" in capsys.readouterr().err


@pytest.mark.parametrize("out", ["x.py", "clicks.rec", "nowhere/x.py"])
def test_a_file_in_the_place_of_the_folder(spec, tmp_path, out, capsys):
    assert main(["codegen", spec, "-o", out]) == 2
    err = capsys.readouterr().err
    assert f"error[REC811]: {out} is a file" in err
    assert "python -m NAME.train" in err
    assert (tmp_path / spec).read_text() == SPEC


def test_two_specs_of_one_name_are_not_written_to_one_folder(spec, tmp_path, capsys):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "clicks.rec").write_text(SPEC)
    assert main(["codegen", spec, "other/clicks.rec", "-o", "out"]) == 2
    assert (
        "error[REC812]: clicks.rec and other/clicks.rec would both be written as the package `clicks`"
        in capsys.readouterr().err
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["support", "keras", "json", "numpy"])
def test_a_package_does_not_hide_another(spec, tmp_path, name, capsys):
    (tmp_path / f"{name}.rec").write_text(SPEC)
    assert main(["codegen", f"{name}.rec", "-o", "out"]) == 1
    assert f"error[REC813]: {name}.rec would be written as the package `{name}`" in capsys.readouterr().err


def test_a_name_that_python_does_not_take(spec, tmp_path):
    (tmp_path / "2-class.rec").write_text(SPEC)
    assert main(["codegen", "2-class.rec", "-o", "out"]) == 0
    assert (tmp_path / "out" / "m2_class" / "model.py").is_file()


def test_a_stale_file_may_hold_anything(spec, tmp_path, capsys):
    (tmp_path / "out" / "clicks").mkdir(parents=True)
    (tmp_path / "out" / "clicks" / "model.py").write_bytes(bytes([0, 255, 254]))
    assert main(["codegen", spec, "-o", "out", "--check"]) == 1
    assert "stale" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "place"), [(["codegen", "clicks.rec", "-o", "."], "clicks/data.py"), (["fmt", "clicks.rec"], "clicks.rec")]
)
def test_a_full_disk_leaves_what_was_there(spec, tmp_path, argv, place, capsys, monkeypatch):
    (tmp_path / "clicks.rec").write_text(SPEC.replace(" : ", ":"))
    assert main(["codegen", "clicks.rec", "-o", "."]) == 0
    (tmp_path / "clicks" / "data.py").write_text("old = 1\n")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    capsys.readouterr()

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        assert main(argv) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before
    assert main(argv) == 0
    assert set(tmp_path.rglob("*.*")) == set(before)
    assert (tmp_path / place).read_bytes() != before[tmp_path / place]


def test_a_link_stays_a_link_and_a_mode_stays(spec, tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "x.py").write_text("old = 1\n")
    (tmp_path / "deep" / "x.py").chmod(0o640)
    (tmp_path / "out" / "clicks").mkdir(parents=True)
    (tmp_path / "out" / "clicks" / "model.py").symlink_to(tmp_path / "deep" / "x.py")
    assert main(["codegen", spec, "-o", "out"]) == 0
    assert (tmp_path / "out" / "clicks" / "model.py").is_symlink()
    assert "import keras" in (tmp_path / "deep" / "x.py").read_text()
    assert (tmp_path / "deep" / "x.py").stat().st_mode & 0o777 == 0o640


def test_a_folder_in_the_place_of_a_file(spec, tmp_path, capsys):
    (tmp_path / "out" / "clicks" / "model.py").mkdir(parents=True)
    assert main(["codegen", spec, "-o", "out"]) == 2
    assert "Is a directory" in capsys.readouterr().err
    assert (tmp_path / "out" / "clicks" / "model.py").is_dir()


def test_a_folder_without_specs_is_told(tmp_path, capsys):
    assert main(["check", str(tmp_path)]) == 2
    assert "there is no `.rec` file in" in capsys.readouterr().err


def test_a_root_that_is_not_there(spec, capsys):
    assert main(["check", spec, "--root", "nope"]) == 2
    assert "error[REC019]: the root nope is not a folder" in capsys.readouterr().out


def test_params_of_saved_ir_cannot_be_set(spec, tmp_path, capsys):
    (tmp_path / "wide.rec").write_text(SPEC.replace("embeddings { dim=4 }", "param d = 4\nembeddings { dim=d }"))
    for stage in ("spec", "program"):
        assert main(["ir", "wide.rec", "--format", "json", "--stage", stage, "--set", "d=6"]) == 0
        (tmp_path / "saved.json").write_text(capsys.readouterr().out)
        assert main(["check", "saved.json"]) == 0
        assert main(["cost", "saved.json", "--set", "d=64"]) == 1
        assert "error[REC142]: saved.json is saved IR" in capsys.readouterr().err
        assert main(["expand", "saved.json"]) == 1
        assert "error[REC804]: saved.json is saved IR, not text" in capsys.readouterr().err


def test_what_the_system_says_is_told():
    with pytest.raises(SpecError, match="cannot write x: No space left"), writing("x"):
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("said", ["Unable to write (errno = 28, buf = 1)", "No room (os error 28)"])
def test_what_a_library_says_of_the_system_is_told(said):
    with pytest.raises(SpecError, match="cannot write x: No space left"), writing("x"):
        raise RuntimeError(said)


def test_what_is_no_word_of_the_system_stays_as_it_is():
    with pytest.raises(RuntimeError, match="another mistake"), writing("x"):
        raise RuntimeError("another mistake")


@pytest.mark.parametrize(
    ("size", "says"), [("user=9", "`user` is not a vocabulary"), ("hour=9", "the spec gives `hour` 24 ids")]
)
def test_a_size_that_would_be_ignored(spec, size, says, capsys):
    assert main(["codegen", spec, "--size", size]) == 1
    err = capsys.readouterr().err
    assert "REC806" in err
    assert says in err


def test_a_spec_of_schemas_alone_has_no_model(spec, tmp_path, capsys):
    (tmp_path / "schemas.rec").write_text("rec 1\nschema r { a : int }\n")
    assert main(["build", "schemas.rec"]) == 1
    assert "REC805" in capsys.readouterr().err


def test_a_model_that_cannot_be_written(spec, capsys):
    assert main(["build", spec, "--size", "user_id=9", "-o", "nowhere/x.keras"]) == 2
    assert "error[REC722]: cannot write nowhere/x.keras" in capsys.readouterr().err


@pytest.mark.parametrize("out", ["model.keras", "link.keras", f"{'x' * 249}.keras"])
def test_a_model_is_saved(spec, out, tmp_path, capsys):
    import keras

    (tmp_path / "link.keras").symlink_to("any.name")
    for _ in range(2):  # the second takes the place of the first
        assert main(["build", spec, "--size", "user_id=9", "-o", out]) == 0
        assert capsys.readouterr().err == f"{out} written\n"
        (tmp_path / out).resolve().replace("got.keras")
        assert keras.saving.load_model("got.keras").name == "Clicks"
    assert {path.name for path in tmp_path.iterdir()} == {spec, "link.keras", "got.keras"}


@pytest.mark.parametrize("top", ["0", "-3"])
def test_no_candidates_are_no_predictions(spec, top, capsys):
    assert main(["predict", "run", "-o", "x.csv", "--top", top]) == 2
    assert "--top takes a number of at least 1" in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_pipes_get_utf_8_whatever_the_locale(spec, tmp_path, encoding):
    (tmp_path / "x.rec").write_text(
        SPEC.replace("-> vocab", '-> vocab("日本", "Łódź")').replace("int -> vocab", "string -> vocab")
    )
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONPATH": ROOT}
    command = [sys.executable, "-m", "specc", "expand", "x.rec"]
    made = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, check=True)
    assert "日本" in made.stdout.decode()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
def test_a_full_disk_is_no_bug_of_specc(spec, tmp_path):
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "specc", "codegen", spec]
        environment = os.environ | {"PYTHONPATH": ROOT}
        made = subprocess.run(
            command, env=environment, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False, text=True
        )
    assert made.returncode == 2
    assert made.stderr == "specc: No space left on device\n"
