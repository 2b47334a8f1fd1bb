"""Params: their ranges and choices, and the values that a caller sets."""

from __future__ import annotations

from specc.diagnostics import Note
from specc.resolve.declarations import Declared
from specc.resolve.expressions import describe, number
from specc.resolve.scope import Scope, follow
from specc.resolve.session import Session
from specc.syntax import tree
from specc.syntax.tree import Call, Expr, Name, Paren, Range, String
from specc.text import Span


def check_params(session: Session) -> None:
    """Every value must lie in its range; an override must be of a declared param."""
    params = {name: d for name, d in session.values.items() if d.kind == "param"}
    for name, value in session.overrides.items():
        if name not in params:
            hint = f"to set it from outside, declare it: `param {name} = {value.span.text}`, and write `{name}` for the value"
            session.unknown("REC142", "param", name, value.span, params, places=session.place, hint=hint)
    for name, declared in params.items():
        if declared.item.within is not None:
            given = session.overrides.get(name, declared.item.value)
            assert given is not None
            _within(name, given, declared, session)


def _within(name: str, value: Expr, declared: Declared, session: Session) -> None:
    within = declared.item.within
    assert within is not None
    scope = Scope(session, "", "")
    found = follow(value, scope)
    if found is None:
        return
    value = found[0]
    if isinstance(within, tree.List):
        options = [_plain(option) for option in within.items]
        if _plain(value) not in options:
            session.bad_params.add(name)
            listed = ", ".join(f"`{option.span.text}`" for option in within.items)
            _outside(name, value, within.span, f"one of {listed}", session)
        return
    bounds = within
    if isinstance(bounds, Call) and isinstance(bounds.callee, Name) and bounds.callee.text == "log" and len(bounds.args) == 1:
        bounds = bounds.args[0].value
        logarithmic = True
    else:
        logarithmic = False
    if not isinstance(bounds, Range):
        session.error(
            "REC143", within.span, "a range is written `1..8`, `log(1e-5..1e-1)` or `[a, b]`", f"this is {describe(within)}"
        )
        return
    low, high = number(bounds.low), number(bounds.high)
    if low is None or high is None or low >= high or (logarithmic and low <= 0):
        why = (
            "the low end is not below the high one"
            if low is not None and high is not None and low >= high
            else "`log` needs bounds above 0"
        )
        session.error(
            "REC143",
            bounds.span,
            "this range holds nothing",
            why if low is not None and high is not None else "its ends must be numbers",
        )
        return
    at = number(value)
    if at is None:
        session.bad_params.add(name)
        session.error(
            "REC144",
            value.span,
            f"`{name}` has a range, so it is a number",
            f"this is {describe(value)}",
            notes=[Note(within.span, "its range")],
        )
        return
    if not low <= at <= high:
        session.bad_params.add(name)
        _outside(name, value, within.span, f"from {bounds.low.span.text} to {bounds.high.span.text}", session)


def _outside(name: str, value: Expr, place: Span, range: str, session: Session) -> None:
    session.error("REC144", value.span, f"`{name}` must be {range}", "out of its range", notes=[Note(place, "its range")])


def _plain(expr: Expr) -> object:
    """A value to compare choices by: the text without blanks, or the number."""
    if isinstance(expr, Paren):
        return _plain(expr.inner)
    value = number(expr)
    if value is not None:
        return value
    if isinstance(expr, String):
        return expr.value
    return expr.span.text.replace(" ", "")
