"""Storages: how a column is stored, `int?`, `vector(384)`, `bag(string)`, `seq(int, 50)`."""

from __future__ import annotations

from specc.registry.arg_types import Int, Text
from specc.registry.columns import Storage
from specc.registry.common import MAX_STEPS, MAX_WIDTH
from specc.resolve.argument_values import read
from specc.resolve.expressions import BAD, describe, unquoted
from specc.resolve.scope import Scope
from specc.resolve.session import Session
from specc.syntax import tree
from specc.syntax.tree import Expr, Maybe, Name
from specc.text import Span

ELEMENTS = ("int", "float", "string", "bool", "time")
STORAGES = (*ELEMENTS, "vector", "bag", "seq")


def read_storage(session: Session, expr: Expr) -> Storage | None:
    """The storage that an expression such as `bag(string)` or `int?` says; None after a diagnostic."""
    nullable, span = False, expr.span
    raw: str | None = None
    while isinstance(expr, Maybe):
        nullable, expr = True, expr.base
    args: list[tree.Arg] = []
    if isinstance(expr, tree.Call):
        args, expr = expr.args, expr.callee
    while isinstance(expr, Maybe):
        nullable, expr = True, expr.base
    if not isinstance(expr, Name):
        session.error(
            "REC409",
            span,
            "a storage was expected",
            f"this is {describe(expr)}",
            help=unquoted(expr) or "such as `int`, `string`, `bag(string)`",
        )
        return None
    if expr.text not in STORAGES:
        session.unknown("REC413", "storage", expr.text, expr.span, STORAGES)
        return None
    plain: list[Expr] = []
    for arg in args:
        if arg.name is None:
            plain.append(arg.value)
        elif arg.name.text == "from":
            value = read(Text(), arg.value, Scope(session, "", ""), "from")
            if value is BAD:
                return None
            raw = value
        else:
            session.unknown("REC301", f"argument of `{expr.text}`", arg.name.text, arg.name.span, ["from"])
            return None
    return _shaped(session, expr, plain, nullable, raw, span)


def _shaped(session: Session, name: Name, args: list[Expr], nullable: bool, raw: str | None, span: Span) -> Storage | None:
    scope = Scope(session, "", "")
    wanted = {"vector": 1, "bag": 1, "seq": 2}.get(name.text, 0)
    if len(args) != wanted:
        written = {"vector": "vector(384)", "bag": "bag(string)", "seq": "seq(int, 50)"}.get(name.text, name.text)
        code = "REC302" if len(args) > wanted else "REC304"
        session.error(
            code,
            span,
            f"`{name.text}` takes {wanted or 'no'} argument{'s' if wanted != 1 else ''} here",
            f"got {len(args)}",
            help=f"write `{written}`",
        )
        return None
    if name.text in ELEMENTS:
        return Storage(name.text, "scalar", None, nullable, raw, span)
    if name.text == "vector":
        size = read(Int(1, MAX_WIDTH), args[0], scope, "width of the vector")
        return None if size is BAD else Storage("vector", "scalar", size, nullable, raw, span)
    inner = read_storage(session, args[0])
    if inner is None:
        return None
    if inner.shape != "scalar" or inner.element in ("vector", "time"):
        session.error(
            "REC414", args[0].span, f"a `{name.text}` holds int, float, string or bool", f"this is `{args[0].span.text}`"
        )
        return None
    if name.text == "bag":
        return Storage(inner.element, "bag", None, nullable, raw or inner.raw, span)
    size = read(Int(1, MAX_STEPS), args[1], scope, "length of the sequence")
    return None if size is BAD else Storage(inner.element, "sequence", size, nullable, raw or inner.raw, span)
