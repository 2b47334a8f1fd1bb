"""The shipped tables are those of the grammar, and our walk over them accepts what Lark's own parser accepts."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Token, UnexpectedInput
from lark.exceptions import GrammarError

from specc.syntax import tables
from specc.syntax.generate import GRAMMAR, TABLES, load, render
from specc.syntax.lexer import layout, lex
from specc.syntax.lr import END, advance, initial

from .samples import EXAMPLES

LARK = load(GRAMMAR.read_text(encoding="utf-8"))
TERMINALS = sorted({terminal for row in tables.ACTIONS for terminal in row} - {END})


def accepted_by_lark(kinds, start):
    parser = LARK.parse_interactive(start=start)
    try:
        for kind in kinds:
            parser.feed_token(Token(kind, ""))
        parser.feed_eof()
    except UnexpectedInput:
        return False
    return True


def accepted_by_us(kinds, start):
    stack = initial(start)
    for kind in [*kinds, END]:
        stack = advance(stack, kind)
        if stack is None:
            return False
    return True


def test_the_tables_are_those_of_the_grammar():
    assert TABLES.read_text(encoding="utf-8") == render(GRAMMAR.read_text(encoding="utf-8"))


def test_a_conflict_is_refused():
    text = GRAMMAR.read_text(encoding="utf-8").replace("_primary: name | paren", "_primary: name | tag | paren")
    with pytest.raises(GrammarError, match="collision"):
        load(text)


def test_the_only_keyword_is_in():
    assert tables.WORDS == {"in": "IN"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_lark_accepts_the_examples(path):
    tokens, _ = lex(path.read_text(encoding="utf-8"))
    assert accepted_by_lark([kind for kind, _, _ in layout(tokens)], "file")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(TERMINALS), max_size=12), st.sampled_from(["file", "expression"]))
def test_we_accept_what_lark_accepts_of_random_tokens(kinds, start):
    assert accepted_by_us(kinds, start) == accepted_by_lark(kinds, start)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_we_accept_what_lark_accepts_of_changed_examples(data):
    path = data.draw(st.sampled_from(EXAMPLES))
    tokens, _ = lex(path.read_text(encoding="utf-8"))
    kinds = [kind for kind, _, _ in layout(tokens)]
    at = data.draw(st.integers(0, len(kinds) - 1))
    kinds[at : at + data.draw(st.integers(0, 2))] = data.draw(st.lists(st.sampled_from(TERMINALS), max_size=2))
    assert accepted_by_us(kinds, "file") == accepted_by_lark(kinds, "file")


def test_lark_lexes_as_we_do():
    text = EXAMPLES[0].read_text(encoding="utf-8")
    ours = [(kind, text[start:end]) for kind, start, end in lex(text)[0]]
    assert ours == [(token.type, str(token)) for token in LARK.lex(text)]


def test_reading_a_spec_imports_nothing_large():
    """A check must answer at once: neither Lark nor anything that only errors, the formatter or the IR need."""
    program = (
        "import sys; from specc.syntax import parse; from specc.text import Source; "
        "assert not parse(Source('a', 'rec 1\\nmodel A\\n')).diagnostics; "
        "print([m for m in ('lark', 'pydantic', 'tensorflow', 'dataclasses', 'inspect', 'typing_extensions', "
        "'specc.syntax.repair', 'specc.syntax.format') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
