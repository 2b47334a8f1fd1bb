"""What a spec, a file or the name of one holds reaches no terminal raw, whatever prints it."""

import contextlib
import os
import sys

import pytest

from specc.backends.python.names import package_name
from specc.cli import main

EVIL = "\x1b]0;owned\x07\x9b2J\u202e"
SPEC = f"""rec 1
model Clicks
# {EVIL}
schema views {{
  user_id : int -> index(50)  @user
  country : string -> vocab("{EVIL}")
  label click : bool
}}
embeddings {{ dim=4 }}
head click = @all -> embed -> concat -> logit
loss click = bce
"""


@pytest.fixture
def spec(tmp_path, monkeypatch):
    """A good spec whose name and text hold what a terminal acts on, in the working directory."""
    monkeypatch.chdir(tmp_path)
    name = f"{EVIL}.rec"
    (tmp_path / name).write_text(SPEC, encoding="utf-8")
    return name


def harmless(text: str) -> bool:
    return not set(text) & set(EVIL) - set("]0;owned2J")


def test_names_of_files_and_differences(spec, capsys):
    package = os.path.join("out", package_name(spec))
    os.makedirs(package)
    with open(os.path.join(package, "data.py"), "w") as stale:
        stale.write(f"# {EVIL}\n")
    calls = [
        ["codegen", spec, "-o", "out", "--check"],
        ["fmt", spec, "--diff"],
        ["fmt", spec, "--check"],
        ["fmt", spec],
        ["codegen", spec, "-o", f"{EVIL}.py"],
        ["cost", spec, "--batch", EVIL],
        ["cost", spec, "--size", EVIL],
        ["check", f"{EVIL}/none.rec"],
        ["explain", EVIL],
    ]
    for call in calls:
        with contextlib.suppress(SystemExit):
            main(call)
        printed = "".join(capsys.readouterr())
        assert "<U+001B>]0;owned<U+0007><U+009B>2J<U+202E>" in printed, call
        assert harmless(printed), call


@pytest.mark.parametrize("call", [["expand"], ["ir"], ["codegen"]])
def test_data_are_escaped_on_a_terminal_alone(spec, call, capsys, monkeypatch):
    assert main([*call, spec]) == 0
    piped = capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main([*call, spec]) == 0
    assert harmless(capsys.readouterr().out)
    if call == ["expand"]:
        assert EVIL in piped
