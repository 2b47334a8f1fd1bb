"""Golden cases: each `cases/**/NAME.rec` is checked, and what is printed compared with `NAME.err` beside it.

A case that imports has a folder of its own: `cases/GROUP/NAME/NAME.rec` with the imported files beside it. The first lines of a
case may say how it is checked, a thing a line: `# set: lr=3` overrides a param, `# data: ratings=ratings.csv` gives a file.
`pytest tests/diagnostics --update-golden` writes the expected files.
"""

import re
from itertools import takewhile
from pathlib import Path

import pytest

from specc.diagnostics.text import to_text

from .checking import check_in

CASES = Path(__file__).parent / "cases"


def is_case(path: Path) -> bool:
    """A file in a folder with a case of the folder's name is imported by that case."""
    mains = [folder / f"{folder.name}.rec" for folder in path.parents if CASES in folder.parents]
    return path in mains or not any(main.exists() for main in mains)


NAMES = sorted(path.relative_to(CASES).with_suffix("").as_posix() for path in CASES.rglob("*.rec") if is_case(path))


def directives(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"set": [], "data": []}
    for match in takewhile(bool, (re.fullmatch(r"# (set|data): (\S.*)", line) for line in text.splitlines())):
        found[match[1]].append(match[2])
    return found


@pytest.mark.parametrize("name", NAMES)
def test_case(name, update_golden):
    path = CASES / f"{name}.rec"
    said = directives(path.read_bytes().decode("utf-8", "replace"))
    printed = to_text(check_in(path.parent, path.name, sets=said["set"], data=said["data"]))
    expected = path.with_suffix(".err")
    if update_golden:
        expected.write_text(printed, encoding="utf-8")
    assert printed == (expected.read_text(encoding="utf-8") if expected.exists() else "")
    assert printed, f"{name} is meant to be wrong"


def test_directives_stand_first():
    assert directives("# set: lr=3\n# data: a=b.csv\n# set: x=1\n# a comment\n# set: y=1\n") == {
        "set": ["lr=3", "x=1"],
        "data": ["a=b.csv"],
    }


def test_no_expected_file_is_left_alone():
    assert {path.relative_to(CASES).with_suffix("").as_posix() for path in CASES.rglob("*.err")} <= set(NAMES)
