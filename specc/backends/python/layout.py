"""Python expressions as a small tree, laid out as ruff and black do.

Own code, and not black as a dependency: what a program needs is calls, lists, dicts and operators, a page of rules; and the
choice of what gets a line and a name of its own, which makes code readable, needs the widths before there is any text to
format.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from specc.backends.python.literals import literal
from specc.diagnostics import InternalError

WIDTH = 128
MANY = 24  # declarations, which would fill a screen one a line
INDENT = "    "


@dataclass(frozen=True)
class Text:
    """Source that is never broken: a name, a literal, a short expression."""

    text: str


@dataclass(frozen=True)
class Brackets:
    """`before`, then items between brackets: a call's arguments, a list, a dict. An item has a prefix: `axis=`, `"key": `."""

    before: Code
    opening: str
    items: Sequence[tuple[str, Code]]
    closing: str
    tall: bool = False  # one item a line even where they fit on one


@dataclass(frozen=True)
class Chain:
    """Operands joined by operators of one precedence, in brackets where that is asked for."""

    first: Code
    rest: Sequence[tuple[str, Code]]
    brackets: bool = field(default=False)


Code = Text | Brackets | Chain


def call(function: Code | str, /, *args: Code, **kwargs: Code) -> Brackets:
    """`function(args, key=value)`. Raises InternalError for a key that is not a name."""
    for key in kwargs:
        if not key.isidentifier() or keyword.iskeyword(key):
            raise InternalError(f"{key!r} is not a name of an argument")
    return Brackets(_code(function), "(", [*(("", a) for a in args), *((f"{k}=", v) for k, v in kwargs.items())], ")")


def listing(items: Iterable[Code]) -> Brackets:
    """`[a, b]`."""
    return Brackets(Text(""), "[", [("", item) for item in items], "]")


def table(pairs: Mapping[str, Code] | Iterable[tuple[str | None, Code]], *, tall: bool = False) -> Brackets:
    """`{"key": value}`; keys are strings, and given as they are, not as source. Without a key it is `**value`."""
    found: Iterable[tuple[str | None, Code]] = pairs.items() if isinstance(pairs, Mapping) else pairs
    return Brackets(Text(""), "{", [("**" if key is None else f"{literal(key)}: ", value) for key, value in found], "}", tall)


def plain(value: Any) -> Code:
    """Plain data as source: literals, and lists and dicts of them."""
    if isinstance(value, list | tuple):
        return listing(plain(item) for item in value)
    if isinstance(value, dict):
        return table((str(key), plain(item)) for key, item in value.items())
    return Text(literal(value))


def _code(value: Code | str) -> Code:
    return Text(value) if isinstance(value, str) else value


def flat(code: Code) -> str:
    """All on one line."""
    if isinstance(code, Text):
        return code.text
    if isinstance(code, Chain):
        text = flat(code.first) + "".join(f" {operator} {flat(operand)}" for operator, operand in code.rest)
        return f"({text})" if code.brackets else text
    items = ", ".join(prefix + flat(item) for prefix, item in code.items)
    return f"{flat(code.before)}{code.opening}{items}{code.closing}"


def layout(code: Code, indent: int = 0, before: str = "", after: str = "") -> str:
    """The source of `before`, the code and `after`, the first line without its indentation of so many levels.

    What does not fit in WIDTH is broken at its outermost brackets: a call's arguments go on a line of their own if they fit
    there; else each item does, with a comma after it.
    """
    one = before + flat(code) + after
    if isinstance(code, Text) or (not _is_tall(code) and len(INDENT) * indent + len(one) <= WIDTH):
        return one
    inner = INDENT * (indent + 1)
    if isinstance(code, Chain):
        lines = [layout(code.first, indent + 1), *(layout(item, indent + 1, f"{operator} ") for operator, item in code.rest)]
        if code.brackets:
            return f"{before}(\n" + "".join(f"{inner}{line}\n" for line in lines) + f"{INDENT * indent}){after}"
        return (
            before
            + f"\n{INDENT * indent}".join(
                [layout(code.first, indent), *(layout(item, indent, f"{op} ") for op, item in code.rest)]
            )
            + after
        )
    if not code.items:
        return one
    start = before + flat(code.before) + code.opening
    inside = ", ".join(prefix + flat(item) for prefix, item in code.items)
    if code.opening == "(" and not any(_is_tall(item) for _, item in code.items) and len(inner) + len(inside) <= WIDTH:
        return f"{start}\n{inner}{inside}\n{INDENT * indent}){after}"
    alone = code.opening == "(" and len(code.items) == 1 and not code.items[0][0]
    lines = [layout(item, indent + 1, prefix, "" if alone else ",") for prefix, item in code.items]
    return start + "\n" + "".join(f"{inner}{line}\n" for line in lines) + INDENT * indent + code.closing + after


def _is_tall(code: Code) -> bool:
    """Whether a code, or something inside it, takes several lines in any case."""
    if not isinstance(code, Brackets):
        return False
    return (code.tall and len(code.items) > 1) or any(_is_tall(item) for _, item in code.items)


def statement(code: Code, indent: int, target: str = "") -> str:
    """One statement with its indentation: `target = code`, or the code alone."""
    return INDENT * indent + layout(code, indent, f"{target} = " if target else "")


def signature(name: str, arguments: Mapping[str, str], result: str) -> str:
    """The first lines of a function: arguments with their types."""
    given = ", ".join(f"{key}: {annotation}" for key, annotation in arguments.items())
    line = f"def {name}({given}) -> {result}:"
    if len(line) <= WIDTH:
        return line
    if len(INDENT + given) > WIDTH:
        given = f",\n{INDENT}".join(f"{key}: {annotation}" for key, annotation in arguments.items()) + ","
    return f"def {name}(\n{INDENT}{given}\n) -> {result}:"


def packed(before: str, items: Sequence[str], after: str, indent: int) -> str:
    """A statement whose items stand side by side, and not one a line: `before`, them, and `after`."""
    inner = INDENT * (indent + 1)
    lines = [inner + items[0]]
    for item in items[1:]:
        longer = f"{lines[-1]}, {item}"
        lines = [*lines[:-1], longer] if len(longer) < WIDTH else [*lines, inner + item]
    inside = "".join(f"{line},\n" for line in lines)
    return f"{INDENT * indent}{before}\n{inside}{INDENT * indent}{after}  # fmt: skip"


def declared(target: str, code: Brackets, indent: int) -> str:
    """`target = code`, of a list or dict of declarations: one a line, or of MANY of them several."""
    if len(code.items) < MANY:
        return statement(code, indent, target)
    items = [prefix + flat(item) for prefix, item in code.items]
    return packed(f"{target} = {flat(code.before)}{code.opening}", items, code.closing, indent)
