"""Saved IR says its format, each of the two its own."""

import json

import pytest

import specc
from specc.cli import main
from specc.ir import program, spec

SPEC = "rec 1\nschema v {\n  age : float -> log1p\n  label click : bool\n}\nhead click = age -> logit\nloss click = bce\n"


@pytest.mark.parametrize(("stage", "format"), [("spec", spec.FORMAT), ("program", program.FORMAT)])
def test_another_format_is_refused(stage, format, tmp_path, capsys):
    (tmp_path / "m.rec").write_text(SPEC)
    assert main(["ir", str(tmp_path / "m.rec"), "--stage", stage, "--format", "json"]) == 0
    saved = json.loads(capsys.readouterr().out)
    assert saved["specc"] == format
    path = tmp_path / "saved.json"
    path.write_text(json.dumps(saved))
    assert specc.check(path) == []
    path.write_text(json.dumps({**saved, "specc": format - 1}))
    (told,) = specc.check(path)
    assert (told.code, f"this specc reads {format}" in told.message) == ("REC804", True)
