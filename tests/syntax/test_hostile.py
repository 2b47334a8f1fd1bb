"""Texts made to take time, memory or the stack: each is answered at once, with few diagnostics, and never with an exception."""

import pytest

from specc.limits import MAX_NESTING, MAX_SYNTAX_ERRORS
from specc.syntax.format import format_text
from specc.syntax.parser import parse, parse_expression
from specc.text import Source

TEXTS = {
    "100,000 open brackets": "(" * 100_000,
    "100,000 open brackets in a value": "x = " + "(" * 100_000,
    "100,000 open lists on lines": "x = [\n" * 100_000,
    "100,000 closers": ")" * 100_000,
    "100,000 closing lines": "}\n" * 100_000,
    "all brackets": "([{)]}\n" * 20_000,
    "5 MB": "a = b\n" * 900_000,
    "400 digits": "x = " + "9" * 400 + "\n",
    "a number too large for a float": "x = 1e999\n",
    "a number too small for a float": "x = 1e-999\n",
    "a long string": 'x = "' + "a" * 20_000 + '"\n',
    "100,000 errors": "x = = 3\n" * 19_000 + "y = [a b]\n" * 900,
    "200,000 words on a line": "x = [" + "a b " * 70_000 + "]\n",
    "minus signs": "x = " + "-" * 100_000 + "1\n",
    "fields": "x = a" + ".b" * 100_000 + "\n",
    "calls": "x = a" + "()" * 100_000 + "\n",
    "quotes": '"' * 999_999,
    "escapes": '"\\' * 400_000,
    "single quotes": "'" * 900_000,
    "unknown characters": "$" * 900_000,
    "letters outside ASCII": "é " * 400_000,
    "slashes": "/" * 900_000,
    "semicolons": "a = b;\n" * 15_000,
    "NUL": "\0" * 900_000,
    "one bracket too many in a long body": "schema x {\n" + "  a : int\n" * 15_000 + "}}\n",
    "one bracket open in a long body": "schema x {\n  b : int(\n" + "  a : int\n" * 15_000 + "}\n",
    "each line with a bracket too many": "schema x {\n" + "  a : int)\n" * 15_000 + "}\n",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_is_answered_at_once(text, within):
    parsed = within(2, lambda: parse(Source("hostile.rec", text)))
    assert 1 <= len(parsed.diagnostics) <= MAX_SYNTAX_ERRORS + 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("100,000 open brackets in a value", "REC911"),
        ("minus signs", "REC911"),
        ("calls", "REC911"),
        ("5 MB", "REC901"),
        ("400 digits", "REC912"),
        ("a number too large for a float", "REC912"),
        ("a number too small for a float", "REC912"),
        ("a long string", "REC913"),
        ("quotes", "REC905"),
    ],
)
def test_each_limit_has_its_code(name, code):
    assert [d.code for d in parse(Source("hostile.rec", TEXTS[name])).diagnostics] == [code]


def test_the_number_of_errors_is_capped_and_said():
    parsed = parse(Source("hostile.rec", TEXTS["100,000 errors"]))
    assert len(parsed.diagnostics) == MAX_SYNTAX_ERRORS + 1
    assert parsed.diagnostics[-1].code == "REC914"
    assert not parsed.complete


def test_too_many_statements():
    (said,) = parse(Source("hostile.rec", "a = b\n" * 30_000)).diagnostics
    assert said.code == "REC905"
    assert "20,000 statements" in said.message


@pytest.mark.parametrize("text", ["(" * 100_000, "[a b] " * 40_000, ")" * 100_000, "a -> " * 40_000, "9" * 400])
def test_expressions_too(text, within):
    value, found = within(2, lambda: parse_expression(Source("<--set x>", text)))
    assert value is None
    assert found


@pytest.mark.parametrize(
    "text",
    [
        "a { " * MAX_NESTING + "}" * MAX_NESTING,
        "a {\n" * MAX_NESTING + "}\n" * MAX_NESTING,
        "x = " + "[" * MAX_NESTING + "]" * MAX_NESTING,
        "x = " + "f(a -> " * 31 + "b" + ")" * 31,
        "x = " + "{a : " * (MAX_NESTING - 1) + "b" + "}" * (MAX_NESTING - 1),
        "x = a" + " + b" * (MAX_NESTING - 1),
    ],
)
def test_what_is_as_deep_as_allowed_parses_and_formats(text, within):
    parsed = within(1, lambda: parse(Source("deep.rec", text)))
    assert parsed.diagnostics == []
    within(1, lambda: format_text(parsed))


def test_time_is_linear_in_the_length(within):
    line = '  user_id : int(from="userId") -> vocab(min_count=2) -> hash(1_000)  @user @id\n'
    parsed = within(3, lambda: parse(Source("long.rec", "schema s {\n" + line * 10_000 + "}\n")))
    assert parsed.diagnostics == []
    assert len(parsed.file.items[0].body.items) == 10_000
