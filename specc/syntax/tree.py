"""The tree of a `.rec` text: what was written, with spans, and nothing of what it means.

The grammar is generic: it knows items and expressions, no declaration kinds. Which shapes of item a kind accepts is the
business of `specc.resolve.kinds`, and which expressions fit an argument is decided by the argument's sort.
"""

from __future__ import annotations

from collections.abc import Iterator

from specc.text import Span


class Node:
    """Anything with a place in a text."""

    __slots__ = ("span",)
    span: Span

    def __repr__(self) -> str:
        slots = [s for cls in type(self).__mro__ for s in getattr(cls, "__slots__", ()) if s != "span"]
        return f"{type(self).__name__}({', '.join(f'{s}={getattr(self, s)!r}' for s in slots)})"


class Expr(Node):
    """An expression; which ones are legal depends on where it stands."""

    __slots__ = ()


class Name(Expr):
    """`movie_id`"""

    __slots__ = ("text",)

    def __init__(self, span: Span, text: str) -> None:
        self.span = span
        self.text = text


class Tag(Expr):
    """`@user`: a selector, or a tag behind a column. `name` is without the `@`."""

    __slots__ = ("name",)

    def __init__(self, span: Span, name: str) -> None:
        self.span = span
        self.name = name


class Star(Expr):
    """`*` where a name stands: every field of a record."""

    __slots__ = ()

    def __init__(self, span: Span) -> None:
        self.span = span


class Number(Expr):
    """`64`, `1_000_000`, `1e-3`, `0.5`: an int without point and exponent, else a float. Never negative: see `Unary`."""

    __slots__ = ("value",)

    def __init__(self, span: Span, value: int | float) -> None:
        self.span = span
        self.value = value


class String(Expr):
    """`"day_22.gz"`: `value` is unescaped."""

    __slots__ = ("value",)

    def __init__(self, span: Span, value: str) -> None:
        self.span = span
        self.value = value


class Arg(Node):
    """`64` or `activation=relu` between the brackets of a call. The span covers name and value."""

    __slots__ = ("name", "value")

    def __init__(self, span: Span, name: Name | None, value: Expr) -> None:
        self.span = span
        self.name = name
        self.value = value


class Call(Expr):
    """`mlp(64, dropout=0.1)`"""

    __slots__ = ("args", "callee")

    def __init__(self, span: Span, callee: Expr, args: list[Arg]) -> None:
        self.span = span
        self.callee = callee
        self.args = args


class Field(Expr):
    """`mix.income`, `clicks.item`, `watch.recall`"""

    __slots__ = ("base", "name")

    def __init__(self, span: Span, base: Expr, name: Name) -> None:
        self.span = span
        self.base = base
        self.name = name


class At(Expr):
    """`recall@10`: a metric with its cut-off."""

    __slots__ = ("base", "k")

    def __init__(self, span: Span, base: Expr, k: Number) -> None:
        self.span = span
        self.base = base
        self.k = k


class Maybe(Expr):
    """`int?`: a storage that may be null."""

    __slots__ = ("base",)

    def __init__(self, span: Span, base: Expr) -> None:
        self.span = span
        self.base = base


class Unary(Expr):
    """`-x`"""

    __slots__ = ("op", "operand")

    def __init__(self, span: Span, op: str, operand: Expr) -> None:
        self.span = span
        self.op = op
        self.operand = operand


class Binary(Expr):
    """`a & b`, `rating >= 4`, `@user - user_id`, `2 * mlp(64)`; `op` is one of `| & == != < <= > >= + - * /`."""

    __slots__ = ("left", "op", "right")

    def __init__(self, span: Span, op: str, left: Expr, right: Expr) -> None:
        self.span = span
        self.op = op
        self.left = left
        self.right = right


class Paren(Expr):
    """`(a + b)`: kept so that the formatter prints what was written."""

    __slots__ = ("inner",)

    def __init__(self, span: Span, inner: Expr) -> None:
        self.span = span
        self.inner = inner


class Pipe(Expr):
    """`a -> f -> g(1)`: two stages or more."""

    __slots__ = ("stages",)

    def __init__(self, span: Span, stages: list[Expr]) -> None:
        self.span = span
        self.stages = stages


class Range(Expr):
    """`1..8`, `I1..I13`"""

    __slots__ = ("high", "low")

    def __init__(self, span: Span, low: Expr, high: Expr) -> None:
        self.span = span
        self.low = low
        self.high = high


class List(Expr):
    """`[a, b -> f, c]`"""

    __slots__ = ("items",)

    def __init__(self, span: Span, items: list[Expr]) -> None:
        self.span = span
        self.items = items


class Body(Expr):
    """`{ ... }`: the body of an item, or a record (whose items are all `name : value`)."""

    __slots__ = ("items",)

    def __init__(self, span: Span, items: list[Item]) -> None:
        self.span = span
        self.items = items


class Missing(Expr):
    """Where an expression could not be read; a syntax error was reported there, so nobody reports it again."""

    __slots__ = ()

    def __init__(self, span: Span) -> None:
        self.span = span


class Item(Node):
    """One statement.

    The written forms, with what is left out absent:

        head            `rec 1`, `model CensusPLE`, `import "x.rec"`, `batch = ...`, `*: ...`, `I1..I13 : ...`,
                        `tower query = ...`
        (args)          `schema movies(key=movie_id) { ... }`, `block res(x, w) = ...`, `early_stop(...)`
        sign value      `= expr` or `: expr`
        in within       `param lr = 1e-3 in log(1e-5..1e-1)`
        tags            `user_id : int -> vocab  @user @id`
        body            `{ ... }`

    `head` holds one or two expressions: Name, Star, Field, Range, String or Number. `broken` says that a syntax error inside
    the item was reported and what could not be read was dropped: what it declares exists, but nothing more is said about it.
    """

    __slots__ = ("args", "body", "broken", "head", "sign", "tags", "value", "within")

    def __init__(
        self,
        span: Span,
        head: list[Expr],
        args: list[Arg] | None = None,
        sign: str | None = None,
        value: Expr | None = None,
        within: Expr | None = None,
        tags: list[Tag] | None = None,
        body: Body | None = None,
        broken: bool = False,
    ) -> None:
        self.span = span
        self.head = head
        self.args = args
        self.sign = sign
        self.value = value
        self.within = within
        self.tags = tags or []
        self.body = body
        self.broken = broken


class File(Node):
    """A whole text."""

    __slots__ = ("items",)

    def __init__(self, span: Span, items: list[Item]) -> None:
        self.span = span
        self.items = items


def children(node: Node) -> Iterator[Node]:
    """The nodes directly under a node, in the order of the text."""
    slots = [s for cls in type(node).__mro__ for s in getattr(cls, "__slots__", ()) if s != "span"]
    found: list[Node] = []
    for slot in slots:
        value = getattr(node, slot)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, list):
            found.extend(v for v in value if isinstance(v, Node))
    found.sort(key=lambda n: n.span.start)
    return iter(found)


def walk(node: Node) -> Iterator[Node]:
    """A node and everything under it, in the order of the text."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(list(children(top))))
