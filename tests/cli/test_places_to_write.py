"""Places that cannot be written, sizes and models that are not there: a message and an exit code, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from specc.cli import main
from specc.cli.output import writing
from specc.diagnostics.errors import SpecError

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


@pytest.mark.parametrize("out", ["nowhere/x.py", "clicks.rec/x.py", "nowhere/deep/x.py"])
def test_source_that_cannot_be_written(spec, out, capsys):
    assert main(["codegen", spec, "-o", out]) == 2
    assert f"error[REC722]: cannot write {out}" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made(spec, tmp_path, capsys):
    (tmp_path / "b.rec").write_text(SPEC)
    (tmp_path / "file").write_text("")
    assert main(["codegen", spec, "b.rec", "-o", "file"]) == 2
    assert "REC722" in capsys.readouterr().err


def test_a_spec_is_not_overwritten_by_its_source(spec, tmp_path, capsys):
    assert main(["codegen", spec, "-o", spec]) == 2
    assert (tmp_path / spec).read_text() == SPEC
    assert "is the spec itself" in capsys.readouterr().err


def test_two_specs_of_one_name_are_not_written_to_one_file(spec, tmp_path, capsys):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "clicks.rec").write_text(SPEC)
    assert main(["codegen", spec, "other/clicks.rec", "-o", "out"]) == 2
    assert "one name" in capsys.readouterr().err


def test_a_stale_file_may_hold_anything(spec, tmp_path, capsys):
    (tmp_path / "x.py").write_bytes(bytes([0, 255, 254]))
    assert main(["codegen", spec, "-o", "x.py", "--check"]) == 1
    assert "stale" in capsys.readouterr().err


def test_what_the_system_says_is_told():
    with pytest.raises(SpecError, match="cannot write x: No space left"), writing("x"):
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize(("size", "says"), [("user=9", "`user` is no vocabulary"), ("hour=9", "the spec gives `hour` 24 ids")])
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
