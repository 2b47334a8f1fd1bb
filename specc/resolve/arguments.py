"""Binds the arguments of a call to those that a component declares."""

from __future__ import annotations

from typing import Any

from specc.diagnostics import Note, replacement
from specc.registry import foreign
from specc.registry.arg_types import ListOf
from specc.registry.component import Arg, BoundArguments, Component
from specc.resolve.argument_values import counted, read
from specc.resolve.expressions import BAD, Bad
from specc.resolve.scope import Scope, follow
from specc.resolve.session import Session
from specc.syntax import tree
from specc.syntax.tree import Expr, Missing, Name
from specc.text import Span


def bind(entry: Component, args: list[tree.Arg] | None, span: Span, scope: Scope, *, called: str = "") -> BoundArguments | None:
    """The arguments of a call of `entry`, checked; None after diagnostics (all of the call's mistakes, not the first)."""
    return bind_what_is_good(entry, args, span, scope, called=called)[0]


def bind_what_is_good(
    entry: Component, args: list[tree.Arg] | None, span: Span, scope: Scope, *, called: str = ""
) -> tuple[BoundArguments | None, list[Any]]:
    """As `bind`, beside the arguments that could be read even if others could not."""
    session = scope.session
    called = called or entry.name
    values: dict[str, Any] = {}
    spans: dict[str, Span] = {}
    good = True
    positional = [arg for arg in entry.args.values() if not arg.named]
    variadic = next((arg for arg in positional if arg.variadic), None)
    rest: list[Expr] = []
    place = 0
    for given in args or []:
        if isinstance(given.value, Missing):
            good = False
        elif given.name is None:
            if place < len(positional) and positional[place] is not variadic:
                arg = positional[place]
                place += 1
                good &= _take(arg, given.value, scope, values, spans)
            elif variadic is not None:
                rest.append(given.value)
            else:
                most = f"at most {len(positional)} by position" if positional else "none by position"
                session.error(
                    "REC302",
                    given.span,
                    f"too many arguments for `{called}`",
                    f"it takes {most}",
                    help=_signature(entry, called, "", session),
                )
                good = False
        else:
            named = entry.args.get(given.name.text)
            if named is None:
                _unknown(entry, called, given.name, scope)
                good = False
            elif named.name in spans:
                notes = [Note(spans[named.name], "first given here")]
                session.error("REC303", given.span, f"`{named.name}` is given twice", "again", notes=notes)
                good = False
            else:
                good &= _take(named, given.value, scope, values, spans)
    if variadic is not None and rest:
        spans[variadic.name] = rest[0].span.to(rest[-1].span)
        read_list = _variadic(variadic, rest, scope)
        spans |= {f"{variadic.name}[{place}]": expr.span for place, expr in enumerate(rest)}
        values[variadic.name] = read_list
        good &= not isinstance(read_list, Bad)
    for arg in entry.args.values():
        if arg.name in values:
            continue
        if arg.required:
            if good:
                session.error(
                    "REC304",
                    span,
                    f"`{called}` needs `{arg.name}`",
                    f"{arg.doc or arg.type}",
                    help=_signature(entry, called, "", session),
                )
            good = False
        values.setdefault(arg.name, arg.default)
    return BoundArguments(span, values, spans) if good else None, list(values.values())


def _take(arg: Arg, expr: Expr, scope: Scope, values: dict[str, Any], spans: dict[str, Span]) -> bool:
    spans[arg.name] = expr.span
    value = read(arg.type, expr, scope, arg.name)
    values[arg.name] = value
    return not isinstance(value, Bad)


def _variadic(arg: Arg, exprs: list[Expr], scope: Scope) -> Any:
    """Lists spread: `mlp(64, 32)`, `mlp([64, 32])` and `mlp(widths)` with a list param are one."""
    arg_type = arg.type
    assert isinstance(arg_type, ListOf)
    out: list[Any] = []
    good = True
    for expr in exprs:
        found = follow(expr, scope)
        if found is None:
            return BAD
        inner, inner_scope = found
        items = [(item, inner_scope) for item in inner.items] if isinstance(inner, tree.List) else [(expr, scope)]
        for item, item_scope in items:
            value = read(arg_type.item, item, item_scope, arg.name)
            good &= not isinstance(value, Bad)
            out.append(value)
    return out if good and counted(arg_type, len(out), exprs[0].span.to(exprs[-1].span), scope, arg.name) else BAD


def _unknown(entry: Component, called: str, name: Name, scope: Scope) -> None:
    session = scope.session
    help = entry.unsupported.get(name.text) or foreign.argument(name.text, entry.args)
    fixes = []
    if not help and (close := session.guess(name.text, entry.args)):
        help = f"did you mean `{close}`?"
        fixes = [replacement(name.span, close)]
    help = help or _signature(entry, called, name.text, session)
    session.error("REC301", name.span, f"`{called}` has no argument `{name.text}`", "unknown", help=help, fixes=fixes)


def _signature(entry: Component, called: str, wrong: str, session: Session) -> str:
    """The arguments that a component takes: first what resembles the wrong one, then what may be given by position."""
    if not entry.args:
        return f"`{called}` takes no arguments"
    return f"`{called}` takes {session.listed(wrong, entry.args, lambda name: not entry.args[name].named)}"
