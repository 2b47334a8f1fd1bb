"""What must hold for any tree and any text."""

from random import Random

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from specc.syntax.equal import equal
from specc.syntax.format import format_text
from specc.syntax.parser import parse, parse_expression
from specc.syntax.reading import decode_source
from specc.text import Source

from .samples import EXAMPLES
from .trees import Trees, Writer

RANDOM = st.integers(0, 2**32).map(Random)
# Drawn from a seed, so there is nothing to shrink.
seeds = settings(
    max_examples=150, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
TEXTS = [path.read_text(encoding="utf-8") for path in EXAMPLES]


@seeds
@given(RANDOM, RANDOM)
def test_any_tree_is_read_back_from_any_writing(shape, random):
    file = Trees(shape).file()
    writer = Writer(random)
    writer.put(file)
    parsed = parse(Source("random.rec", writer.text()))
    assert parsed.diagnostics == []
    assert equal(parsed.file, file)
    assert [c.text for c in parsed.comments] == writer.comments


@seeds
@given(RANDOM, RANDOM)
def test_formatting_any_writing_keeps_tree_and_comments(shape, random):
    file = Trees(shape).file()
    writer = Writer(random)
    writer.put(file)
    text = format_text(parse(Source("random.rec", writer.text())))
    again = parse(Source("formatted.rec", text))
    assert equal(again.file, file)
    assert sorted(c.text for c in again.comments) == sorted(writer.comments)
    assert not any(line != line.rstrip() for line in text.splitlines())
    assert "\n\n\n" not in text
    assert format_text(again) == text


@seeds
@given(RANDOM, RANDOM, RANDOM)
def test_two_writings_of_a_tree_format_alike_but_for_bodies(random, one, other):
    """Blanks and line breaks do not matter, except that a body's own line breaks are kept: here there are none in either."""
    file = Trees(random).file()
    texts = []
    for drawn in (one, other):
        writer = Writer(drawn, comments=False)
        writer.newline = lambda writer=writer: writer.out.append(" ")
        writer.separated = lambda found, writer=writer: [writer.put(*([","] if i else []), x) for i, x in enumerate(found)]
        writer.put(file)
        texts.append(format_text(parse(Source("random.rec", writer.text()))))
    assert texts[0] == texts[1]


def commented(text, places, words):
    """Comments at the ends of some lines, or on lines of their own."""
    lines = text.split("\n")
    for number, (at, word) in enumerate(zip(places, words, strict=False)):
        at %= len(lines)
        comment = f"# {number} {word}"
        if number % 2 or "#" in lines[at]:
            lines.insert(at, comment)
        else:
            lines[at] += f"  {comment}"
    return "\n".join(lines)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(TEXTS), st.lists(st.integers(0, 200), max_size=8), st.lists(st.text("abc{}[]\"'", max_size=5), max_size=8)
)
def test_no_comment_is_lost(text, places, words):
    changed = commented(text, places, words)
    parsed = parse(Source("commented.rec", changed))
    assert parsed.diagnostics == []
    formatted = format_text(parsed)
    assert sorted(c.text for c in parsed.comments) == sorted(c.text for c in parse(Source("again", formatted)).comments)


WORDS = """a b 7 0.5 .5 1. "s" " ' @t @1 -> => .. == = : | & + - * / // . ? , ( ) [ ] { } ; \u00e9 \u201c \\ $ in def and"""
PIECES = st.sampled_from([*WORDS.split(), " ", "\n", "\n  ", "#c\n"])


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
@example("{\n*:")
@example("(((\n)]}")
def test_any_text_gives_a_tree_and_diagnostics(text):
    parsed = parse(Source("random.rec", text))
    for d in parsed.diagnostics:
        assert d.code.startswith("REC")
        assert d.message
        assert 0 <= d.span.start <= d.span.end <= len(text)
    value, found = parse_expression(Source("random", text))
    assert (value is None) == bool(found)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_characters_give_a_tree_and_diagnostics(text):
    assert parse(Source("random.rec", text)).file is not None


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_source_or_a_diagnostic(data):
    source, found = decode_source(data, "random.rec")
    assert (source is None) == bool(found)
    if source is not None:
        assert "\r" not in source.text
        parse(source)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(TEXTS), st.data())
def test_any_changed_example_gives_a_tree_and_few_diagnostics(text, data):
    at = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(at, min(len(text), at + 30)))
    changed = text[:at] + data.draw(st.lists(PIECES, max_size=3).map("".join)) + text[end:]
    parsed = parse(Source("changed.rec", changed))
    assert len(parsed.diagnostics) <= 12
    assert parsed.complete
