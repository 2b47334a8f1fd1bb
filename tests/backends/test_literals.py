"""Whatever a spec holds is data in the printed file."""

from __future__ import annotations

import ast
import builtins
import keyword
import tokenize
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.backends.python.layout import Brackets, Text, layout, plain, table
from specc.backends.python.literals import Names, docstring_words, identifier, literal, words
from specc.diagnostics import InternalError

HOSTILE = ['"""', "'", "\\", "\n", "\r", "\u2028", "\x00", "\x0c", "\ud800", "\u202e", '\\"""', "{x}", "%s", "é"]
texts = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=5), max_size=6).map("".join)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts


@given(scalars)
def test_a_literal_evaluates_to_what_was_given(value: Any) -> None:
    source = literal(value)
    assert source.isprintable()
    again = ast.literal_eval(source)
    assert (type(again), again) == (type(value), value)


@given(
    st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=20)
)
def test_laid_out_data_evaluates_to_what_was_given(value: Any) -> None:
    assert ast.literal_eval(layout(plain(value), 3)) == value


def test_a_value_without_a_literal_is_our_bug() -> None:
    for value in (float("nan"), float("inf"), object()):
        with pytest.raises(InternalError):
            literal(value)


@given(texts)
def test_a_comment_stays_on_its_line(text: str) -> None:
    source = f"# {words(text)}\nx = 1\n"
    kinds = [token.type for token in tokenize.generate_tokens(StringIO(source).readline)]
    assert kinds.count(tokenize.COMMENT) == 1
    assert kinds.count(tokenize.NAME) == 1


@given(texts)
def test_text_in_a_docstring_stays_in_it(text: str) -> None:
    tree = ast.parse(f'"""A {docstring_words(text)}\n"""\nx = 1\n')
    assert len(tree.body) == 2
    # What does not print is spelt out; all else is there as it was.
    assert (ast.get_docstring(tree, clean=False) or "") == f"A {words(text)}\n"


@given(texts)
def test_an_identifier_is_one_and_hides_nothing(text: str) -> None:
    name = identifier(text)
    assert name.isidentifier()
    assert name.isascii()
    assert not keyword.iskeyword(name)
    assert not hasattr(builtins, name)
    assert identifier(name) == name


def test_names_are_given_once() -> None:
    names = Names({"layers"})
    assert [names.fresh(each) for each in ("a", "a", "layers", "class", "1st", "a b")] == [
        "a",
        "a_2",
        "layers_2",
        "class_",
        "n1st",
        "a_b",
    ]


def test_what_does_not_fit_is_broken_at_the_outermost_brackets() -> None:
    long = Text("x" * 58)
    made = Brackets(Text("f"), "(", [("", long), ("key=", long)], ")")
    assert layout(made, 0, "y = ") == "y = f(\n    " + "x" * 58 + ", key=" + "x" * 58 + "\n)"
    made = Brackets(Text("f"), "(", [("", long), ("key=", long), ("z=", long)], ")")
    assert layout(made) == f"f(\n    {'x' * 58},\n    key={'x' * 58},\n    z={'x' * 58},\n)"
    assert layout(table([("a", Text("1")), (None, Text("rest"))])) == '{"a": 1, **rest}'
