"""Tokens to tree nodes, while the parser reduces: one method for each name that the grammar gives a rule."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from specc.diagnostics import Diagnostic
from specc.limits import MAX_NUMBER_LENGTH, MAX_STRING_LENGTH
from specc.syntax import tree
from specc.syntax.lexer import Token
from specc.syntax.tables import RULES
from specc.text import Source, Span

_ESCAPE = re.compile(r'\\(["\\nt])')
_ESCAPED = {'"': '"', "\\": "\\", "n": "\n", "t": "\t"}

# By kind, since a recovered text may spell an operator in another way.
_OPERATORS = {"BAR": "|", "AND": "&", "PLUS": "+", "MINUS": "-", "STAR": "*", "SLASH": "/"}

Reducer = Callable[[list[Any]], Any]


class Builder:
    """Makes the tree of one source. Each method takes the values of its rule's symbols, tokens for terminals."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.diagnostics: list[Diagnostic] = []
        self.reducers: list[Reducer | None] = [getattr(self, name) if name else None for _, _, name in RULES]

    def span(self, start: int, end: int) -> Span:
        """A place in the source."""
        return Span(self.source, start, end)

    # ---- lists

    def first(self, v: list[Any]) -> list[Any]:
        """The first element of a list; an item that could not be read is none."""
        return [] if v[0] is None else [v[0]]

    def following(self, v: list[Any]) -> list[Any]:
        """One more element."""
        grown: list[Any] = v[0]
        if v[-1] is not None:
            grown.append(v[-1])
        return grown

    # ---- items

    def file(self, v: list[Any]) -> tree.File:
        """The whole text."""
        return tree.File(self.span(0, len(self.text)), v[0] if v else [])

    def expression(self, v: list[Any]) -> tree.Expr:
        """The whole text of a `--set`."""
        expr: tree.Expr = v[0]
        return expr

    def head(self, v: list[Any]) -> list[tree.Expr]:
        """`tower query`"""
        return v

    def item(self, v: list[Any]) -> tree.Item:
        """Any item: its parts are told apart by what they were made into."""
        item = tree.Item(self.span(0, 0), [])
        for part in v:
            if isinstance(part, list):
                item.head = part
            elif isinstance(part, tree.Body):
                item.body = part
            elif isinstance(part, tree.Item):  # what `definition` read
                item.sign, item.value, item.within, item.tags = part.sign, part.value, part.within, part.tags
                item.broken = part.broken
            else:
                item.args = part[0]
        first, last = item.head[0].span, v[-1]
        end = last[1] if isinstance(last, tuple) else last[-1].span.end if isinstance(last, list) else last.span.end
        item.span.start, item.span.end = first.start, end
        if any(isinstance(part, tree.Missing) for part in item.head):
            item.head = [part for part in item.head if not isinstance(part, tree.Missing)]
            item.broken = True
        return item

    def definition(self, v: list[Any]) -> tree.Item:
        """`= value in within @tag`, as an item without a head."""
        kind, start, end = v[0]
        item = tree.Item(self.span(start, end), [], sign="=" if kind == "EQUAL" else ":", value=v[1])
        item.span.end = v[1].span.end
        for part in v[2:]:
            if isinstance(part, list):
                item.tags = part
                item.span.end = part[-1].span.end
            else:
                item.within = part
                item.span.end = part.span.end
        return item

    def within(self, v: list[Any]) -> tree.Expr:
        """`in 1..8`"""
        expr: tree.Expr = v[1]
        return expr

    def broken_item(self, v: list[Any]) -> tree.Item:
        """An item of which only the beginning could be read."""
        _, start, end = v[-1]
        item = self.item(v[:-1])
        item.value = tree.Missing(self.span(start, end))
        item.span.end = max(item.span.end, end)
        item.broken = True
        return item

    def lost_item(self, v: list[Any]) -> None:
        """An item of which nothing could be read."""
        return None

    def body(self, v: list[Any]) -> tree.Body:
        """`{ ... }`"""
        return tree.Body(self.span(v[0][1], v[-1][2]), v[1] if isinstance(v[1], list) else [])

    # ---- arguments

    def args(self, v: list[Any]) -> tuple[list[tree.Arg], int]:
        """`(64, activation=relu)`: the arguments, and the offset behind the bracket."""
        return (v[1] if isinstance(v[1], list) else []), v[-1][2]

    def named(self, v: list[Any]) -> tree.Arg:
        """`activation=relu`"""
        return tree.Arg(self.span(v[0].span.start, v[2].span.end), v[0], v[2])

    def positional(self, v: list[Any]) -> tree.Arg:
        """`64`"""
        return tree.Arg(v[0].span, None, v[0])

    # ---- expressions

    def pipe(self, v: list[Any]) -> tree.Pipe:
        """`a -> b`"""
        return tree.Pipe(self.span(v[0].span.start, v[2].span.end), [v[0], v[2]])

    def pipe_on(self, v: list[Any]) -> tree.Pipe:
        """`a -> b -> c`: one stage more."""
        pipe: tree.Pipe = v[0]
        pipe.stages.append(v[2])
        pipe.span.end = v[2].span.end
        return pipe

    def binary(self, v: list[Any]) -> tree.Binary:
        """`a & b`"""
        left, (kind, start, end), right = v
        op = _OPERATORS.get(kind) or self.text[start:end]
        return tree.Binary(self.span(left.span.start, right.span.end), op, left, right)

    def range(self, v: list[Any]) -> tree.Range:
        """`1..8`"""
        return tree.Range(self.span(v[0].span.start, v[2].span.end), v[0], v[2])

    def unary(self, v: list[Any]) -> tree.Unary:
        """`-x`"""
        return tree.Unary(self.span(v[0][1], v[1].span.end), "-", v[1])

    def call(self, v: list[Any]) -> tree.Call:
        """`mlp(64)`"""
        args, end = v[1]
        return tree.Call(self.span(v[0].span.start, end), v[0], args)

    def field(self, v: list[Any]) -> tree.Field:
        """`mix.income`"""
        return tree.Field(self.span(v[0].span.start, v[2].span.end), v[0], v[2])

    def at(self, v: list[Any]) -> tree.At:
        """`recall@10`"""
        base, (_, start, end) = v
        if end - start - 1 > MAX_NUMBER_LENGTH:
            self.too_long(start + 1, end, "number", MAX_NUMBER_LENGTH)
            cut = tree.Number(self.span(start + 1, end), 0)
        else:
            cut = tree.Number(self.span(start + 1, end), int(self.text[start + 1 : end]))
        return tree.At(self.span(base.span.start, end), base, cut)

    def maybe(self, v: list[Any]) -> tree.Maybe:
        """`int?`"""
        return tree.Maybe(self.span(v[0].span.start, v[1][2]), v[0])

    def paren(self, v: list[Any]) -> tree.Paren:
        """`(a + b)`"""
        return tree.Paren(self.span(v[0][1], v[2][2]), v[1])

    def list_(self, v: list[Any]) -> tree.List:
        """`[a, b]`"""
        return tree.List(self.span(v[0][1], v[-1][2]), v[1] if len(v) == 3 else [])

    # ---- atoms

    def name(self, v: list[Token]) -> tree.Name:
        """`movie_id`"""
        _, start, end = v[0]
        return tree.Name(self.span(start, end), self.text[start:end])

    def star(self, v: list[Token]) -> tree.Star:
        """`*`"""
        return tree.Star(self.span(v[0][1], v[0][2]))

    def tag(self, v: list[Token]) -> tree.Tag:
        """`@user`"""
        _, start, end = v[0]
        return tree.Tag(self.span(start, end), self.text[start + 1 : end])

    def missing(self, v: list[Token]) -> tree.Missing:
        """What could not be read."""
        return tree.Missing(self.span(v[0][1], v[0][2]))

    def number(self, v: list[Token]) -> tree.Expr:
        """`1e-3`"""
        _, start, end = v[0]
        span = self.span(start, end)
        if end - start > MAX_NUMBER_LENGTH:
            return self.too_long(start, end, "number", MAX_NUMBER_LENGTH)
        digits = self.text[start:end].replace("_", "")
        if digits.isdigit():
            return tree.Number(span, int(digits))
        value = float(digits)
        if math.isinf(value) or (value == 0 and re.search("[1-9]", digits.lower().partition("e")[0])):
            what = "large" if value else "small"
            self.diagnostics.append(Diagnostic("REC912", span, f"this number is too {what} for a float of 64 bits"))
            return tree.Missing(span)
        return tree.Number(span, value)

    def string(self, v: list[Token]) -> tree.Expr:
        r"""`"text"`: escapes are `\"`, `\\`, `\n` and `\t`; any other backslash stands for itself."""
        _, start, end = v[0]
        if end - start - 2 > MAX_STRING_LENGTH:
            return self.too_long(start, end, "string", MAX_STRING_LENGTH)
        value = self.text[start + 1 : end - 1]
        if "\\" in value:
            value = _ESCAPE.sub(lambda m: _ESCAPED[m[1]], value)
        return tree.String(self.span(start, end), value)

    def too_long(self, start: int, end: int, what: str, limit: int) -> tree.Missing:
        """Report a literal over its limit."""
        code = "REC912" if what == "number" else "REC913"
        length = end - start - (2 if what == "string" else 0)
        message = f"this {what} has {length:,} characters; at most {limit:,} are allowed"
        self.diagnostics.append(Diagnostic(code, self.span(start, min(end, start + 80)), message))
        return tree.Missing(self.span(start, end))
