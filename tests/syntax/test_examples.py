"""Complete specs: each parses, formats to text of the same meaning, and is read by Lark's own parser as by ours."""

import pytest

from specc.syntax.equal import equal
from specc.syntax.format import format_text
from specc.syntax.parser import parse
from specc.syntax.tree import Name, Tag, walk
from specc.text import Source

from .samples import EXAMPLES


def read(path):
    return Source(path.name, path.read_text(encoding="utf-8"))


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.stem)
def source(request):
    return read(request.param)


def test_there_are_examples():
    assert len(EXAMPLES) == 22


def test_parses_without_an_error(source):
    parsed = parse(source)
    assert parsed.diagnostics == []
    assert parsed.complete
    assert not any(item.broken for item in parsed.file.items)
    assert parsed.file.items[0].head[0].text == "rec"


def test_formats_to_the_same_tree(source):
    text = format_text(parse(source))
    assert equal(parse(source).file, parse(Source("formatted", text)).file)


def test_formatting_twice_changes_nothing(source):
    once = format_text(parse(source))
    twice = format_text(parse(Source("formatted", once)))
    assert twice == once


def test_no_line_is_too_long_but_for_its_comment(source):
    text = format_text(parse(source))
    assert max(len(line.partition("  #")[0]) for line in text.splitlines() if line[0:1] != "#") <= 120


def test_spans_point_at_what_they_say(source):
    for node in walk(parse(source).file):
        if isinstance(node, Name):
            assert node.span.text == node.text
        if isinstance(node, Tag):
            assert node.span.text == "@" + node.name
