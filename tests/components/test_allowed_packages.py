"""Components and targets of another package are there as long as the caller allows them, and no longer."""

from __future__ import annotations

from pathlib import Path

import pytest

import specc
from specc.cli import main
from specc.registry.lookup import including
from specc.targets.catalogue import targets

SPEC = """rec 1
schema views {
  age  : int -> sign
  name : string
  long = length(name) -> standardize
  label bought : bool
}
data { views = csv("views.csv"), split = random }
embeddings { dim=2 }
head bought = [age -> embed, long] -> concat -> logit
loss bought = bce
"""


def test_a_saved_program_calls_only_what_the_caller_allows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parent)
    (tmp_path / "spec.rec").write_text(SPEC)
    saved, before = tmp_path / "saved.json", set(targets())
    with including("extra"):
        assert main(["ir", str(tmp_path / "spec.rec"), "--stage", "program", "--format", "json"]) == 0
        saved.write_text(capsys.readouterr().out)
        assert specc.check(saved) == []
    assert set(targets()) == before
    (told,) = specc.check(saved)
    assert told.code == "REC804"
    assert "`extra.functions.length` is not among the targets" in told.message
    assert {one.code for one in specc.check(tmp_path / "spec.rec")} == {"REC417", "REC411"}
