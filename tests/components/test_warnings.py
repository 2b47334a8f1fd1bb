"""A warning is shown by every command and function, and fails none but `check --strict`."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest

import specc
from specc.cli import main
from specc.driver import Compilation

SPEC = """rec 1
model Clicks

schema views {
  age : float -> standardize
  label click : bool
}

data { views=csv("views.csv") }

tower x = age -> dense(4) -> idle

head click = x -> logit

loss click = bce

train { optimizer=sgd(0.1), batch=8, epochs=1 }
"""
WARNING = "warning[REC140]: `idle` does nothing"


@pytest.fixture(autouse=True)
def here(extra: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("views.csv").write_text("age,click\n" + "30,1\n40,0\n" * 8)
    Path("spec.rec").write_text(SPEC)
    Path("wrong.rec").write_text(SPEC.replace("sgd(0.1)", "sgd(fast)"))


def test_check_shows_it_and_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "spec.rec", "--with-data"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(WARNING)
    assert out.endswith("= help: write `identity`\n\n1 warning\n")
    assert err == "1 spec, no errors\n"


def test_a_warning_hides_no_mistake_in_the_data(capsys: pytest.CaptureFixture[str]) -> None:
    Path("views.csv").write_text("age,click\nold,1\n")
    assert main(["check", "spec.rec", "--with-data"]) == 1
    assert capsys.readouterr().out.endswith("1 error, 1 warning\n")


@pytest.mark.parametrize("format", ["text", "json", "sarif", "github"])
def test_strict_makes_it_an_error(format: str, capsys: pytest.CaptureFixture[str]) -> None:
    printed = []
    for strict, code in ([], 0), (["--strict"], 1):
        assert main(["check", "spec.rec", "--format", format, *strict]) == code
        printed.append(capsys.readouterr().out)
    assert all("`idle` does nothing" in text for text in printed)
    before, after = printed
    starts = {"text": ("warning[REC140]", "error[REC140]"), "github": ("::warning ", "::error ")}
    if format in starts:
        assert (before.startswith(starts[format][0]), after.startswith(starts[format][1])) == (True, True)
    elif format == "json":
        counts = [(found["errors"], found["warnings"]) for found in map(json.loads, printed)]
        assert counts == [(0, 1), (1, 0)]
        assert [one["severity"] for one in json.loads(before)["diagnostics"]] == ["warning"]
    else:
        levels = [[one["level"] for one in json.loads(text)["runs"][0]["results"]] for text in printed]
        assert levels == [["warning"], ["error"]]


def test_strict_changes_nothing_without_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    Path("spec.rec").write_text(SPEC.replace(" -> idle", ""))
    assert main(["check", "--strict", "spec.rec"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "argv",
    [
        ["build", "spec.rec", "-o", "model.keras"],
        ["train", "spec.rec", "--out", "run", "--quiet"],
        ["codegen", "spec.rec"],
        ["cost", "spec.rec"],
        ["expand", "spec.rec"],
        ["ir", "spec.rec"],
        ["ir", "spec.rec", "--stage", "program"],
    ],
    ids=lambda argv: " ".join(argv[:1] + argv[3:]),
)
def test_every_command_shows_it_once_and_goes_on(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 0
    out, err = capsys.readouterr()
    assert err.count(WARNING) == 1
    assert WARNING not in out
    assert "SpecWarning" not in err
    argv[1] = "wrong.rec"
    assert main(argv) == 1
    out, err = capsys.readouterr()
    assert "1 error, 1 warning" in err
    assert (out, err.count(WARNING)) == ("", 1)


@pytest.mark.parametrize("call", [specc.program, specc.spec, specc.build, specc.codegen, specc.cost, specc.expand])
def test_every_function_shows_it_and_goes_on(call) -> None:
    with pytest.warns(specc.SpecWarning, match="`idle` does nothing") as shown:
        assert call("spec.rec") is not None
    (warning,) = [one for one in shown if isinstance(one.message, specc.SpecWarning)]
    assert [one.code for one in warning.message.diagnostics] == ["REC140"]
    assert Path(warning.filename).name in ("test_warnings.py", "api.py")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(specc.SpecError, match=r"(?s)warning\[REC140\].*1 error, 1 warning"):
            call("wrong.rec")


def test_a_run_is_trained_and_read_again() -> None:
    with pytest.warns(specc.SpecWarning):
        specc.train("spec.rec", out="run", verbose=False)
    assert specc.evaluate("run")


def test_check_gives_it() -> None:
    (warning,) = specc.check("spec.rec")
    assert (warning.code, warning.severity) == ("REC140", "warning")
    compilation = Compilation("spec.rec")
    assert compilation.errors == []
    assert compilation.spec is not None


def test_of_very_many_the_rest_are_not_shown_and_no_error_is_hidden() -> None:
    stages = " -> idle" * 1200
    Path("spec.rec").write_text(SPEC.replace(" -> idle", stages).replace("sgd(0.1)", "sgd(fast)"))
    found = specc.check("spec.rec")
    assert [one.code for one in found if one.severity == "error"] == ["REC110"]
    (last,) = [one for one in found if one.code == "REC908"]
    assert (last.severity, last.message[-26:]) == ("warning", "; the others are not shown")


@pytest.fixture
def syntax(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser warns of each text."""
    from specc.diagnostics import Diagnostic
    from specc.syntax import parser
    from specc.text import Span

    plain = parser._parsed

    def parsed(source, tokens, comments):
        found = plain(source, tokens, comments)
        found.diagnostics.append(Diagnostic("REC001", Span(source, 0, 3), "odd", severity="warning"))
        return found

    monkeypatch.setattr(parser, "_parsed", parsed)


@pytest.mark.usefixtures("syntax")
def test_a_warning_of_the_parser_fails_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", "spec.rec"]) == 0
    assert capsys.readouterr().err.startswith("warning[REC001]: odd")
    with pytest.warns(specc.SpecWarning):
        assert specc.format(SPEC) == Path("spec.rec").read_text()
    Path("unused.rec").write_text(SPEC.replace("head click = x", "tower dead = age -> dense(2)\nhead click = x"))
    assert [one.code for one in specc.check("unused.rec")] == ["REC001", "REC140", "REC140"]
