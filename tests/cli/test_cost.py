"""`specc cost`: what it prints, and what it refuses."""

import json
import re
from subprocess import CompletedProcess

import pytest

import specc
from specc.analysis.report import Measured
from specc.cli import main
from specc.run import trial
from specc.run.trial import can_measure

SPEC = """rec 1
model Clicks
schema views {
  user_id : int -> vocab
  ad      : int -> index(50)
  label click : bool
}
embeddings { dim=4 }
param width = 8
tower deep = @categorical -> embed -> concat -> mlp(width)
head click = deep -> logit
loss click = bce
"""


@pytest.fixture
def spec(tmp_path, monkeypatch):
    """A good spec, in the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clicks.rec").write_text(SPEC)
    return "clicks.rec"


def test_text_is_aligned_and_says_what_is_not_counted(spec, capsys):
    assert main(["cost", spec]) == 0
    out = capsys.readouterr().out
    assert "NOT COUNTED: data decide the rows of user_id." in out
    assert main(["cost", spec, "--rows", "user_id=2000000", "--batch", "512"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Clicks, batches of 512 rows\n")
    lines = out.splitlines()
    (table,) = [line.split() for line in lines if line.startswith("user_id_embedding")]
    assert table == ["user_id_embedding", "2,000,000", "4", "8,000,000", "32.0", "MB", "64.0", "MB", "Adam"]
    start = next(i for i, line in enumerate(lines) if line.startswith("declaration"))
    assert len({len(line) for line in lines[start : lines.index("", start)]}) == 1
    assert "tower deep" in out


def test_json_has_plain_numbers(spec, capsys):
    assert main(["cost", spec, "--size", "user_id=70", "--set", "width=16", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["parameters"] == 120 * 4 + (8 * 16 + 16) + 17
    assert found["memory"]["tables"] == 120 * 16
    assert found["unknown"] == []


@pytest.mark.parametrize(
    ("argv", "code", "says"),
    [
        (["--rows", "usr_id=5"], 1, "did you mean `user_id`?"),
        (["--rows", "ad=5"], 1, "the spec gives `ad` 50 rows"),
        (["--measure"], 1, "error[REC801]: the size of `user_id` is decided by data"),
        (["--bag", "user_id=5"], 1, "the spec reads no bags"),
        (["--rows", "user_id=5", "--rows", "user_id=6"], 1, "REC303]: --rows gives `user_id` twice: `5` and `6`"),
        (["--rows", "user_id=5", "--size", "user_id=6"], 1, "REC303"),
        (["--bag", "user_id=5", "--bag", "user_id=5"], 1, "--bag gives `user_id` twice"),
        (["--set", "width=3", "--set", "width=4"], 1, "--set gives `width` twice"),
        (["--run", "nowhere"], 2, "REC720"),
        (["--batch", "0"], 2, "--batch takes a number of rows, not `0`"),
        (["--batch", "many"], 2, "--batch takes a number of rows, not `many`"),
        (["--set", "widht=3"], 1, "did you mean `width`?"),
    ],
)
def test_mistakes(spec, capsys, argv, code, says):
    assert main(["cost", spec, *argv]) == code
    captured = capsys.readouterr()
    assert says in captured.err
    assert captured.out == ""


def test_a_row_count_that_is_none(spec, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["cost", spec, "--rows", "user_id=many"])
    assert stop.value.code == 2
    assert "--rows takes NAME=NUMBER" in capsys.readouterr().err


@pytest.mark.skipif(not can_measure(), reason="the peak is read from /proc")
def test_steps_are_measured(spec, capsys):
    assert main(["cost", spec, "--rows", "user_id=70", "--measure", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["measured"]["step_ms"] > 0
    assert 0 < found["measured"]["peak"] < 4 * found["memory"]["total"]


def test_what_was_measured_is_printed_beside_what_is_said(spec, capsys, monkeypatch):
    monkeypatch.setattr(trial, "can_measure", lambda: True)
    monkeypatch.setattr(trial, "tried", lambda *asked: Measured(80_000_000, 500_000_000, 2.5))
    assert main(["cost", spec, "--rows", "user_id=70", "--measure"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^measured: .* 80\.0 MB$", out, re.MULTILINE)
    assert "A step took 2.5 ms, TensorFlow itself 500.0 MB." in out


def test_a_system_that_tells_no_peak(spec, capsys, monkeypatch):
    monkeypatch.setattr(trial, "FORGET", "/proc/nowhere")
    assert main(["cost", spec, "--rows", "user_id=70", "--measure"]) == 2
    assert "specc: --measure reads the peak of a process from /proc" in capsys.readouterr().err
    with pytest.raises(OSError, match="/proc"):
        specc.cost(spec, rows={"user_id": 70}, measure=True)


def test_a_spec_without_a_loss_has_no_step_to_measure(spec, capsys):
    with open(spec, "w", encoding="utf-8") as file:
        file.write(SPEC.replace("loss click = bce\n", ""))
    assert main(["cost", spec, "--rows", "user_id=70", "--measure"]) == 1
    assert "REC718" in capsys.readouterr().err


@pytest.mark.parametrize(("code", "says"), [(trial.OUT_OF_MEMORY, "REC807"), (-9, "REC807")])
def test_memory_that_runs_out(spec, capsys, monkeypatch, code, says):
    monkeypatch.setattr(trial.subprocess, "run", lambda *args, **kwargs: CompletedProcess([], code, "", ""))
    assert main(["cost", spec, "--rows", "user_id=70", "--measure"]) == 1
    assert says in capsys.readouterr().err
