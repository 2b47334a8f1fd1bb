"""Reads literals where an argument takes one: numbers, truth values, texts and choices."""

from __future__ import annotations

import re
import struct
from typing import Any

from specc.diagnostics import Note, replacement
from specc.registry import word
from specc.registry.word import Sort
from specc.resolve.expressions import BAD, Bad, describe, number, unquoted
from specc.resolve.scope import Scope
from specc.syntax.tree import Expr, Name, String

# What is inside the quotes of a string that was meant to be of another sort.
NAME = r"[A-Za-z_]\w*"
_WRITTEN: dict[type[Sort], str] = {word.Int: r"-?\d+", word.Float: r"-?\d+(\.\d+)?", word.Bool: "true|false"}

DURATION = re.compile(r"(\d{1,6})(s|m|h|d|w)")
MAX_WHOLE = 2**63 - 1  # what data can hold
TINY, HUGE = 1.2e-38, 3.4e38  # the normal floats of 32 bits, which models compute with


def refuse(sort: Sort, expr: Expr, scope: Scope, written: Expr, what: str) -> Bad:
    """Report that an expression is not of the sort, or is a name that nobody declared."""
    session = scope.session
    if isinstance(expr, Name) and expr.text in session.poisoned.names:
        return BAD
    if isinstance(expr, Name) and not (
        isinstance(sort, (word.Text, word.Literal))
        or session.is_known(expr.text)
        or expr.text in session.values
        or expr.text in scope.locals
    ):
        if "values" not in session.poisoned.kinds:
            params = [*(n for n, d in session.values.items() if d.kind == "param"), *scope.locals]
            label = f"`{what}` takes {sort}"

            def fits(name: str) -> bool:
                declared = None if name in scope.locals else session.values[name].item.value
                return declared is None or isinstance(sort, word.Number) == (number(declared) is not None)

            session.unknown("REC110", "name", expr.text, expr.span, params, fits=fits, places=session.place, label=label)
        return BAD
    wrong = "not a whole number" if isinstance(sort, word.Int) and number(expr) is not None else f"this is {describe(expr)}"
    help = (
        f'text stands in quotes: `"{expr.text}"`'
        if isinstance(expr, Name) and isinstance(sort, (word.Text, word.Literal))
        else unquoted(expr, _WRITTEN.get(type(sort), NAME))
    )
    session.error("REC307", expr.span, f"`{what}` takes {sort}", wrong, notes=_used(expr, written), help=help)
    return BAD


def _used(expr: Expr, written: Expr) -> list[Note]:
    """Where a value is used, when it is written elsewhere: as that of a param, or in the call of a block."""
    return [Note(written.span, "used here")] if expr.span != written.span else []


def read_number(sort: word.Number, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    """A number of the sort, in its range and in what models compute with. `BAD` after a diagnostic."""
    value = number(expr)
    if value is None:
        return refuse(sort, expr, scope, written, what)
    if isinstance(sort, word.Int) and isinstance(value, float):
        if not value.is_integer() or "." in expr.span.text or abs(value) > 2**53:
            return refuse(sort, expr, scope, written, what)
        value = int(value)
    if not sort.holds(value):
        scope.session.error("REC308", expr.span, f"`{what}` must be {sort}", "out of range", notes=_used(expr, written))
        return BAD
    if isinstance(sort, word.Float) and value != 0 and not TINY <= abs(value) <= HUGE:
        label = f"too {'large' if abs(value) > 1 else 'small'} for a float of 32 bits"
        scope.session.error("REC308", expr.span, f"`{what}` must be {sort}", label, notes=_used(expr, written))
        return BAD
    if isinstance(sort, word.Float) and _rounds_to_an_open_bound(sort, value):
        label = f"is {_in_32_bits(value):g} as a float of 32 bits"
        scope.session.error("REC308", expr.span, f"`{what}` must be {sort}", label, notes=_used(expr, written))
        return BAD
    return float(value) if isinstance(sort, word.Float) else value


def _rounds_to_an_open_bound(sort: word.Float, value: float) -> bool:
    """As 0.99999999, a rate below 1, by which Adam's correction of its moments would be a division by 0."""
    bounds = [bound for bound, is_open in ((sort.low, sort.open_low), (sort.high, sort.open_high)) if is_open]
    return any(bound is not None and _in_32_bits(value) == bound for bound in bounds)


def _in_32_bits(value: float) -> float:
    (rounded,) = struct.unpack("f", struct.pack("f", value))
    return float(rounded)


def read_bool(sort: word.Bool, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    """`true` or `false`. `BAD` after a diagnostic."""
    if isinstance(expr, Name) and expr.text in ("true", "false"):
        return expr.text == "true"
    if isinstance(expr, Name) and expr.text.lower() in ("true", "false"):
        notes, fix = _used(expr, written), replacement(expr.span, expr.text.lower())
        message, help = f"`{what}` takes {sort}", fix.title
        scope.session.error("REC307", expr.span, message, "in small letters", notes=notes, help=help, fixes=[fix])
        return BAD
    return refuse(sort, expr, scope, written, what)


def read_text(sort: word.Text, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    """A text in quotes. `BAD` after a diagnostic."""
    return expr.value if isinstance(expr, String) else refuse(sort, expr, scope, written, what)


def read_duration(sort: word.Duration, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    """A length of time as a text of quantity and unit. `BAD` after a diagnostic."""
    text = expr.value if isinstance(expr, String) else ""
    if DURATION.fullmatch(text):
        return text
    help = 'write a number and s, m, h, d or w: "28d"'
    scope.session.error("REC441", written.span, f"`{what}` is a length of time", "not understood", help=help)
    return BAD


def read_literal(sort: word.Literal, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    """A number, a truth value or a text, as data hold it. `BAD` after a diagnostic."""
    if isinstance(expr, String):
        return expr.value
    if isinstance(expr, Name) and expr.text in ("true", "false"):
        return expr.text == "true"
    value = number(expr)
    if value is None:
        return refuse(sort, expr, scope, written, what)
    if isinstance(value, int) and abs(value) > MAX_WHOLE:
        scope.session.error(
            "REC308", expr.span, f"`{what}` has a value that is too large", "over 64 bits", notes=_used(expr, written)
        )
        return BAD
    return value


def read_choice(sort: word.Choice, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    """One of the names that the sort lists. `BAD` after a diagnostic."""
    for name in (written, expr):
        if isinstance(name, Name) and name.text in sort.options:
            return name.text
    in_quotes = not all(option.isidentifier() for option in sort.options)
    if in_quotes and isinstance(expr, String) and expr.value in sort.options:
        return expr.value
    if isinstance(expr, String if in_quotes else Name):
        text = expr.value if isinstance(expr, String) else expr.span.text
        close = scope.session.guess(text, sort.options)
        help = f"did you mean `{close}`?" if close else f"there is {scope.session.listed(text, sort.options)}"
        fixes = [replacement(expr.span, f'"{close}"' if in_quotes else close)] if close else []
        message, notes = f"`{what}` has no choice `{text}`", _used(expr, written)
        scope.session.error("REC309", expr.span, message, "unknown", notes=notes, help=help, fixes=fixes)
        return BAD
    return refuse(sort, expr, scope, written, what)
