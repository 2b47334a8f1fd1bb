"""Every code has a page, every page a code, and the examples of the pages are checked."""

import re
from pathlib import Path

import pytest

import specc
from specc.diagnostics import catalogue
from specc.diagnostics.text import to_text

from .checking import check_in, write

PACKAGE = Path(specc.__file__).parent


def codes_under(*folders):
    files = [file for folder in folders for file in (PACKAGE / folder).rglob("*.py")]
    return {code for file in files for code in re.findall(r'"(REC\d{3})"', file.read_text(encoding="utf-8"))}


USED = codes_under(".")
CHECKED = [code for code in catalogue.codes() if all(e.kind == "rec" for e in catalogue.page(code).wrong)]


def check(examples, folder):
    """The diagnostics of the spec among the examples; the others are the files that it imports."""
    (main,) = [example for example in examples if not example.file]
    write(folder, {example.file or "spec.rec": example.spec for example in examples})
    return check_in(folder, "spec.rec", sets=[main.override] if main.override else [])


@pytest.mark.parametrize("code", sorted(USED))
def test_every_code_has_a_page(code):
    page = catalogue.page(code)
    assert page is not None, f"write specc/diagnostics/pages/{code}.md"
    assert page.code == code
    assert not page.title[0].islower()
    assert page.title[-1] not in ".:!"


def test_every_page_has_a_code():
    assert set(catalogue.codes()) <= USED


def test_syntax_and_meaning_share_no_code():
    assert (
        codes_under("syntax") & codes_under("resolve", "registry", "components") == set()
    )  # or a page would have to explain two things


@pytest.mark.parametrize("code", CHECKED)
def test_the_wrong_example_gives_the_code_and_no_other(code, tmp_path):
    found = check(catalogue.page(code).wrong, tmp_path)
    assert {d.code for d in found} == {code}, to_text(found)


@pytest.mark.parametrize("code", CHECKED)
def test_the_right_example_is_right(code, tmp_path):
    found = check(catalogue.page(code).right, tmp_path)
    assert found == [], to_text(found)
