"""Syntax mistakes and exactly what is said about each: `errors/NAME.rec`, and beside it `NAME.err` with one line a diagnostic.

`python tests/syntax/test_errors.py` writes the `.err` files again, for a person to read what changed.
"""

import pytest

from specc.syntax.parser import parse
from specc.text import Source

if __package__:
    from .samples import HERE
else:
    from samples import HERE

CASES = sorted((HERE / "errors").glob("*.rec"))


def said(path):
    source = Source(path.name, path.read_text(encoding="utf-8"))
    lines = []
    for d in parse(source).diagnostics:
        (line, column), (end_line, end_column) = source.position(d.span.start), source.position(d.span.end)
        lines.append(f"{d.code} {line}:{column}-{end_line}:{end_column} {d.message}\n")
    return "".join(lines)


def test_there_are_enough_cases():
    assert len(CASES) >= 50


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_golden(path):
    assert said(path) == path.with_suffix(".err").read_text(encoding="utf-8")


def test_each_code_of_the_syntax_has_a_case():
    seen = {line.split()[0] for path in CASES for line in path.with_suffix(".err").read_text(encoding="utf-8").splitlines()}
    assert {f"REC{n:03}" for n in range(1, 19)} <= seen  # REC019 and REC020 are about files: test_reading.py


@pytest.mark.parametrize(
    ("line", "help"),
    [
        ("a : list[string]", "`bag(string)`"),
        ("a : list<int> -> vocab", "`seq(int, 50)`"),
        ("a : string[]", "`bag(string)`"),
        ("a = random(valid=2.5%)", "write `0.025`"),
    ],
)
def test_what_is_written_instead(line, help):
    (found,) = parse(Source("a.rec", f"rec 1\nschema s {{\n  {line}\n  b : int\n}}\n")).diagnostics
    assert help in found.help[0]


if __name__ == "__main__":
    for case in CASES:
        case.with_suffix(".err").write_text(said(case), encoding="utf-8")
