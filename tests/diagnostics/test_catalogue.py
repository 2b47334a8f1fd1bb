"""The form of a page, and which one is found."""

import pytest

from specc.diagnostics import InternalError, catalogue
from specc.diagnostics.catalogue import Page, find

PAGE = """# REC207: Vectors of unlike widths

A dot product needs them alike.
A second sentence.

## Wrong

```rec in=tower
tower y = [x, x -> mlp(8)] -> dot
```

## Right

```rec file=a/b.rec
rec 1
```

```rec set="lr=1e-3"
rec 1

import "a/b.rec"
```

## What to do

Make them alike.

Or do not.
"""


def test_a_page_is_read():
    page = Page(PAGE)
    assert (page.code, page.title) == ("REC207", "Vectors of unlike widths")
    assert page.why == "A dot product needs them alike.\nA second sentence."
    assert page.advice == "Make them alike.\n\nOr do not."
    (wrong,) = page.wrong
    assert (wrong.kind, wrong.frame, wrong.text) == ("rec", "tower", "tower y = [x, x -> mlp(8)] -> dot\n")
    assert wrong.spec.startswith("rec 1\n")
    assert wrong.spec.endswith("\n" + wrong.text)
    other, spec = page.right
    assert (other.file, other.override) == ("a/b.rec", "")
    assert (spec.file, spec.override, spec.spec) == ("", "lr=1e-3", 'rec 1\n\nimport "a/b.rec"\n')


def test_a_page_for_a_terminal():
    text = Page(PAGE).as_text()
    assert (
        "Wrong:\n\n    tower y = [x, x -> mlp(8)] -> dot\n\nRight:\n\n  a/b.rec:\n\n    rec 1\n\n  with --set lr=1e-3:\n\n"
        in text
    )
    assert (
        "What to do:\n\nMake them alike.\n\nOr do not.\n\nThese lines stand before the examples:\n\n    rec 1\n    model"
        in text
    )
    assert "```" not in text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# REC207:", "# REC27:"),
        ("A dot product needs them alike.\nA second sentence.\n\n", ""),
        ("## Right\n", "## Left\n"),
        ("## What to do", "## What to say"),
        ("```rec in=tower", "```rec with=tower"),
        ("```rec in=tower", "Some text.\n\n```rec in=tower"),
        ("```rec in=tower\ntower y = [x, x -> mlp(8)] -> dot\n```\n", "No example.\n"),
    ],
)
def test_a_page_of_another_form_is_a_bug(old, new):
    assert old in PAGE
    with pytest.raises(InternalError):
        Page(PAGE.replace(old, new))


@pytest.fixture
def three_pages(tmp_path, monkeypatch):
    for code in ("REC101", "REC207", "REC217"):
        (tmp_path / f"{code}.md").write_text(PAGE.replace("REC207", code))
    (tmp_path / "README.md").write_text("no page")
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "tower.rec").write_text("rec 1\n")
    monkeypatch.setattr(catalogue, "PAGES", str(tmp_path))


@pytest.mark.usefixtures("three_pages")
def test_a_page_is_found():
    assert catalogue.codes() == ["REC101", "REC207", "REC217"]
    for asked in ("REC207", " rec207 ", "207"):
        assert find(asked).code == "REC207"
    assert catalogue.page("REC208") is None
    for asked in ("REC208", "REC2O7", "27", "E207"):
        assert find(asked) is None
        assert "REC207" in catalogue.near(asked)
    for asked in ("dot", "", "../frames/tower\x1b"):
        assert find(asked) is None
        assert catalogue.near(asked) == []
