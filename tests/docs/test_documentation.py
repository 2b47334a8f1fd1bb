"""What the documentation says is checked: specs in it, and the reference that is made from the registry."""

import re
from pathlib import Path

import pytest

from specc import registry
from specc.driver import check_text
from specc.registry.reference import KINDS, reference
from specc.syntax.parser import parse
from specc.text import Source

TOP = Path(__file__).parents[2]
PAGES = [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]
SPECS = [
    pytest.param(match[1], id=f"{page.name}:{page.read_text().count(chr(10), 0, match.start()) + 1}")
    for page in PAGES
    for match in re.finditer(r"```rec\n(.*?)```", page.read_text(), re.S)
    if match[1].startswith("rec 1")
]


@pytest.mark.parametrize("text", SPECS)
def test_every_whole_spec_in_the_documentation_is_good(text):
    assert [str(d) for d in check_text(text)] == []


def test_the_reference_is_up_to_date():
    written = (TOP / "docs" / "reference.md").read_text()
    assert written == reference(), "run `python -m specc.registry.reference > docs/reference.md`"


@pytest.mark.parametrize("kind", KINDS)
def test_every_component_has_an_example_that_uses_it(kind):
    for name in registry.names(kind):
        word = registry.find(kind, name)
        assert word is not None, name
        example = re.search(r"Example:\s*`(.*?)`", type(word).__doc__ or "", re.S)
        assert example, f"{kind}/{name}"
        text = " ".join(example[1].split())
        assert re.search(rf"\b{name}\b", text), f"{kind}/{name}: {text}"
        assert parse(Source(name, text + "\n")).diagnostics == [], f"{kind}/{name}: {text}"


def test_every_argument_is_documented():
    for kind in KINDS:
        for name in registry.names(kind):
            word = registry.find(kind, name)
            assert word is not None
            assert all(arg.doc for arg in word.args.values()), f"{kind}/{name}"


def test_links_in_the_documentation_lead_somewhere():
    for page in [*PAGES, TOP / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_snippet_of_the_readme_is_what_codegen_prints():
    snippet = re.search(r"<!-- generated-snippet -->\n```python\n(.*?)```", (TOP / "README.md").read_text(), re.S)
    assert snippet
    generated = (TOP / "generated" / "youtube_dnn" / "model.py").read_text()
    assert all(line.strip() in generated for line in snippet[1].splitlines())


def test_the_components_of_contributing_are_files():
    blocks = re.findall(r"```python\n(.*?)```", (TOP / "CONTRIBUTING.md").read_text(), re.S)
    folders = (TOP / "specc" / "components", TOP / "tests" / "components" / "extra")
    files = {path.read_text() for folder in folders for path in folder.rglob("*.py")}
    assert len(blocks) == 3
    assert set(blocks) <= files
