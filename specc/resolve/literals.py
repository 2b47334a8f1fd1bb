"""Reads literals where an argument takes one: numbers, truth values, texts and choices."""

from __future__ import annotations

import re
import struct
from typing import Any

from specc.diagnostics import Note, replacement
from specc.registry import arg_types
from specc.registry.arg_types import ArgType
from specc.resolve.expressions import BAD, Bad, describe, number, unquoted
from specc.resolve.scope import Scope
from specc.syntax.tree import Expr, Name, String

# What is inside the quotes of a string that was meant to be of another type.
NAME = r"[A-Za-z_]\w*"
_WRITTEN: dict[type[ArgType], str] = {arg_types.Int: r"-?\d+", arg_types.Float: r"-?\d+(\.\d+)?", arg_types.Bool: "true|false"}

DURATION = re.compile(r"(\d{1,6})(s|m|h|d|w)")
MAX_WHOLE = 2**63 - 1  # what data can hold
TINY, HUGE = 1.2e-38, 3.4e38  # the normal floats of 32 bits, which models compute with


def refuse(arg_type: ArgType, expr: Expr, scope: Scope, written: Expr, what: str) -> Bad:
    """Report that an expression is not of the type, or is a name that nobody declared."""
    session = scope.session
    if isinstance(expr, Name) and expr.text in session.unreliable.names:
        return BAD
    if isinstance(expr, Name) and not (
        isinstance(arg_type, (arg_types.Text, arg_types.Literal))
        or session.is_known(expr.text)
        or expr.text in session.values
        or expr.text in scope.locals
    ):
        if "values" not in session.unreliable.kinds:
            params = [*(n for n, d in session.values.items() if d.kind == "param"), *scope.locals]
            label = f"`{what}` takes {arg_type}"

            def fits(name: str) -> bool:
                declared = None if name in scope.locals else session.values[name].item.value
                return declared is None or isinstance(arg_type, arg_types.Number) == (number(declared) is not None)

            session.unknown("REC110", "name", expr.text, expr.span, params, fits=fits, places=session.place, label=label)
        return BAD
    wrong = (
        "not a whole number"
        if isinstance(arg_type, arg_types.Int) and number(expr) is not None
        else f"this is {describe(expr)}"
    )
    help = (
        f'text stands in quotes: `"{expr.text}"`'
        if isinstance(expr, Name) and isinstance(arg_type, (arg_types.Text, arg_types.Literal))
        else unquoted(expr, _WRITTEN.get(type(arg_type), NAME))
    )
    session.error("REC307", expr.span, f"`{what}` takes {arg_type}", wrong, notes=_used(expr, written), help=help)
    return BAD


def _used(expr: Expr, written: Expr) -> list[Note]:
    """Where a value is used, when it is written elsewhere: as that of a param, or in the call of a block."""
    return [Note(written.span, "used here")] if expr.span != written.span else []


def read_number(arg_type: arg_types.Number, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    """A number of the type, in its range and in what models compute with. `BAD` after a diagnostic."""
    value = number(expr)
    if value is None:
        return refuse(arg_type, expr, scope, written, what)
    if isinstance(arg_type, arg_types.Int) and isinstance(value, float):
        if not value.is_integer() or "." in expr.span.text or abs(value) > 2**53:
            return refuse(arg_type, expr, scope, written, what)
        value = int(value)
    if not arg_type.holds(value):
        scope.session.error("REC308", expr.span, f"`{what}` must be {arg_type}", "out of range", notes=_used(expr, written))
        return BAD
    if isinstance(arg_type, arg_types.Float) and value != 0 and not TINY <= abs(value) <= HUGE:
        label = f"too {'large' if abs(value) > 1 else 'small'} for a float of 32 bits"
        scope.session.error("REC308", expr.span, f"`{what}` must be {arg_type}", label, notes=_used(expr, written))
        return BAD
    if isinstance(arg_type, arg_types.Float) and _rounds_to_an_open_bound(arg_type, value):
        label = f"is {_in_32_bits(value):g} as a float of 32 bits"
        scope.session.error("REC308", expr.span, f"`{what}` must be {arg_type}", label, notes=_used(expr, written))
        return BAD
    return float(value) if isinstance(arg_type, arg_types.Float) else value


def _rounds_to_an_open_bound(arg_type: arg_types.Float, value: float) -> bool:
    """As 0.99999999, a rate below 1, by which Adam's correction of its moments would be a division by 0."""
    bounds = [bound for bound, is_open in ((arg_type.low, arg_type.open_low), (arg_type.high, arg_type.open_high)) if is_open]
    return any(bound is not None and _in_32_bits(value) == bound for bound in bounds)


def _in_32_bits(value: float) -> float:
    (rounded,) = struct.unpack("f", struct.pack("f", value))
    return float(rounded)


def read_bool(arg_type: arg_types.Bool, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    """`true` or `false`. `BAD` after a diagnostic."""
    if isinstance(expr, Name) and expr.text in ("true", "false"):
        return expr.text == "true"
    if isinstance(expr, Name) and expr.text.lower() in ("true", "false"):
        notes, fix = _used(expr, written), replacement(expr.span, expr.text.lower())
        message, help = f"`{what}` takes {arg_type}", fix.title
        scope.session.error("REC307", expr.span, message, "in small letters", notes=notes, help=help, fixes=[fix])
        return BAD
    return refuse(arg_type, expr, scope, written, what)


def read_text(arg_type: arg_types.Text, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    """A text in quotes. `BAD` after a diagnostic."""
    return expr.value if isinstance(expr, String) else refuse(arg_type, expr, scope, written, what)


def read_duration(arg_type: arg_types.Duration, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    """A length of time as a text of quantity and unit. `BAD` after a diagnostic."""
    text = expr.value if isinstance(expr, String) else ""
    if DURATION.fullmatch(text):
        return text
    help = 'write a number and s, m, h, d or w: "28d"'
    scope.session.error("REC441", written.span, f"`{what}` is a length of time", "not understood", help=help)
    return BAD


def read_literal(arg_type: arg_types.Literal, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    """A number, a truth value or a text, as data hold it. `BAD` after a diagnostic."""
    if isinstance(expr, String):
        return expr.value
    if isinstance(expr, Name) and expr.text in ("true", "false"):
        return expr.text == "true"
    value = number(expr)
    if value is None:
        return refuse(arg_type, expr, scope, written, what)
    if isinstance(value, int) and abs(value) > MAX_WHOLE:
        scope.session.error(
            "REC308", expr.span, f"`{what}` has a value that is too large", "over 64 bits", notes=_used(expr, written)
        )
        return BAD
    return value


def read_choice(arg_type: arg_types.Choice, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    """One of the names that the type lists. `BAD` after a diagnostic."""
    for name in (written, expr):
        if isinstance(name, Name) and name.text in arg_type.options:
            return name.text
    in_quotes = not all(option.isidentifier() for option in arg_type.options)
    if in_quotes and isinstance(expr, String) and expr.value in arg_type.options:
        return expr.value
    if isinstance(expr, String if in_quotes else Name):
        text = expr.value if isinstance(expr, String) else expr.span.text
        close = scope.session.guess(text, arg_type.options)
        help = f"did you mean `{close}`?" if close else f"there is {scope.session.listed(text, arg_type.options)}"
        fixes = [replacement(expr.span, f'"{close}"' if in_quotes else close)] if close else []
        message, notes = f"`{what}` has no choice `{text}`", _used(expr, written)
        scope.session.error("REC309", expr.span, message, "unknown", notes=notes, help=help, fixes=fixes)
        return BAD
    return refuse(arg_type, expr, scope, written, what)
