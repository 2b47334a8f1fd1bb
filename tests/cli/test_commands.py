"""The commands, as a user types them: what they print, write, and exit with."""

import json

import pytest
import yaml

from specc.cli import main

SPEC = """rec 1
model Clicks
schema views {
  user_id : int -> index(50)  @user
  age : float -> standardize  @user
  label click : bool
}
embeddings { dim=4 }
param width = 8 in 1..64
tower mix = @user -> embed -> concat -> ple(tasks=[click], levels=1, expert=mlp(width))
head * = mix -> logit
loss * = bce
metrics { *: auc }
"""


@pytest.fixture
def spec(tmp_path, monkeypatch):
    """A good spec, in the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clicks.rec").write_text(SPEC)
    return "clicks.rec"


def test_check_says_nothing_on_stdout_when_all_is_well(spec, capsys):
    assert main(["check", spec]) == 0
    assert capsys.readouterr().out == ""


def test_check_prints_mistakes_and_exits_with_1(spec, tmp_path, capsys):
    (tmp_path / "bad.rec").write_text(SPEC.replace("@user -> embed", "@usr -> embed"))
    assert main(["check", "bad.rec", spec]) == 1
    out = capsys.readouterr().out
    assert "REC124" in out
    assert "bad.rec:10:13" in out
    assert "did you mean `@user`?" in out


def test_check_prints_json(spec, tmp_path, capsys):
    (tmp_path / "bad.rec").write_text(SPEC.replace("mlp(width)", "mpl(width)"))
    assert main(["check", "bad.rec", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    assert [d["code"] for d in found] == ["REC120"]


def test_a_missing_file_is_a_wrong_command_line(spec, capsys):
    assert main(["check", "nowhere.rec"]) == 2
    assert "nowhere.rec" in capsys.readouterr().out


def test_check_reads_a_folder_and_standard_input(spec, tmp_path, capsys, monkeypatch):
    import io
    import sys

    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "bad.rec").write_text("rec 1\ntower x = y\n")
    assert main(["check", "."]) == 1
    assert "sub/bad.rec:2" in capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"rec 1\ntower x = y\n")))
    assert main(["check", "-"]) == 1
    assert "<stdin>:2:11" in capsys.readouterr().out


def test_a_wrong_option_exits_with_2(spec, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["check", spec, "--fromat", "json"])
    assert stop.value.code == 2
    with pytest.raises(SystemExit) as stop:
        main(["check", spec, "--set", "width"])
    assert stop.value.code == 2


def test_set_changes_a_param_within_its_range(spec, capsys):
    assert main(["check", spec, "--set", "width=16"]) == 0
    assert main(["check", spec, "--set", "width=65"]) == 1
    assert "REC144" in capsys.readouterr().out
    assert main(["check", spec, "--set", "widht=16"]) == 1
    assert "did you mean `width`?" in capsys.readouterr().out


def test_fmt_checks_shows_and_writes(spec, tmp_path, capsys):
    ugly = SPEC.replace("  user_id : int -> index(50)", "   user_id:int->index(50)")
    (tmp_path / "ugly.rec").write_text(ugly)
    assert main(["fmt", "--check", "ugly.rec"]) == 1
    assert (tmp_path / "ugly.rec").read_text() == ugly
    assert main(["fmt", "--diff", "ugly.rec"]) == 1
    assert "-   user_id:int->index(50)" in capsys.readouterr().out
    assert main(["fmt", "ugly.rec"]) == 0
    assert main(["fmt", "--check", "ugly.rec"]) == 0


def test_fmt_leaves_a_broken_file_alone(tmp_path, capsys):
    path = tmp_path / "broken.rec"
    path.write_text("rec 1\ntower x = [a, b\n")
    assert main(["fmt", str(path)]) == 1
    assert path.read_text() == "rec 1\ntower x = [a, b\n"


def test_ir_prints_what_can_be_read_again(spec, tmp_path, capsys):
    assert main(["ir", spec]) == 0
    written = capsys.readouterr().out
    assert yaml.safe_load(written)["name"] == "Clicks"
    (tmp_path / "spec.yaml").write_text(written)
    assert main(["ir", spec, "--stage", "program", "--format", "json"]) == 0
    program = capsys.readouterr().out
    assert main(["ir", "spec.yaml", "--stage", "program", "--format", "json"]) == 0
    assert capsys.readouterr().out == program
    (tmp_path / "program.json").write_text(program)
    assert main(["ir", "program.json", "--stage", "program", "--format", "json"]) == 0
    assert capsys.readouterr().out == program


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("a.json", "{", "REC803"),
        ("a.yaml", "a: [", "REC803"),
        ("a.json", "[]", "REC804"),
        ("a.json", '{"specc": 99}', "REC804"),
        ("a.json", '{"specc": 1, "name": 3, "calls": 4}', "REC804"),
        ("a.yaml", "specc: 1\nname: x\nnonsense: 1\n", "REC804"),
    ],
)
def test_a_damaged_ir_is_a_diagnostic(tmp_path, capsys, name, text, code):
    (tmp_path / name).write_text(text)
    assert main(["ir", str(tmp_path / name)]) == 1
    assert code in capsys.readouterr().err


def test_ir_publishes_its_json_schema(capsys):
    for stage in ("spec", "program"):
        assert main(["ir", "--schema", "--stage", stage]) == 0
        assert json.loads(capsys.readouterr().out)["type"] == "object"


def test_expand_writes_the_topology_out(spec, tmp_path, capsys):
    assert main(["expand", spec]) == 0
    text = capsys.readouterr().out
    assert "experts mix = @user -> embed -> concat {" in text
    assert "gate click = [click, shared]" in text
    (tmp_path / "expanded.rec").write_text(text)
    assert main(["check", "expanded.rec"]) == 0


def test_explain_prints_a_page_and_knows_its_codes(capsys):
    assert main(["explain", "REC207"]) == 0
    assert "one width" in capsys.readouterr().out
    assert main(["explain"]) == 0
    assert "REC207" in capsys.readouterr().out.split()
    assert main(["explain", "REC99"]) == 2


def test_a_bug_exits_with_70_and_asks_for_a_report(spec, capsys, monkeypatch):
    import specc.cli.commands.check as command

    monkeypatch.setattr(command, "run", lambda args: 1 / 0)
    assert main(["check", spec]) == 70
    assert "bug of specc" in capsys.readouterr().err


def test_codegen_writes_and_compares(spec, tmp_path, capsys):
    assert main(["codegen", spec, "-o", "made"]) == 0
    assert {path.name for path in (tmp_path / "made" / "clicks").iterdir()} == {
        "__init__.py", "model.py", "data.py", "train.py", "predict.py",
    }  # fmt: skip
    assert main(["codegen", spec, "-o", "made", "--check"]) == 0
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "made").rglob("*.py")}
    (tmp_path / "made" / "clicks" / "data.py").write_text("# old\n")
    (tmp_path / "made" / "support" / "layers" / "seeding.py").unlink()
    (tmp_path / "made" / "support" / "extra.py").write_text("")
    capsys.readouterr()
    assert main(["codegen", spec, "-o", "made", "--check"]) == 1
    printed = capsys.readouterr()
    assert "-# old" in printed.out
    assert "layers/seeding.py" in printed.out
    assert "extra.py is not generated" in printed.err
    assert "run `specc codegen clicks.rec -o made`" in printed.err
    assert main(["codegen", spec, "-o", "made"]) == 0
    changed = {path.name for path, time in before.items() if path.stat().st_mtime_ns != time}
    assert changed == {"data.py", "seeding.py"}
    assert main(["codegen", spec, "--check"]) == 2
    capsys.readouterr()
    assert main(["codegen", spec]) == 0
    assert capsys.readouterr().out == (tmp_path / "made" / "clicks" / "model.py").read_text()
