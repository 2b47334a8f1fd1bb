"""What an expression is, before anything is known about what it should be."""

from __future__ import annotations

import re

from specc.syntax import tree
from specc.syntax.tree import Body, Call, Expr, Name, Number, String, Unary


class Bad:
    """What reading gives after a diagnostic."""


BAD = Bad()


def describe(expr: Expr) -> str:
    """What kind of expression something is, for a message."""
    if isinstance(expr, Name):
        return f"the name `{expr.text}`"
    if isinstance(expr, Call):
        return f"a call of `{expr.callee.span.text}`"
    if isinstance(expr, Number):
        return "a number"
    if isinstance(expr, String):
        return "a string"
    names = {
        tree.Tag: "a selector",
        tree.List: "a list",
        Body: "a record",
        tree.Range: "a range",
        tree.Pipe: "a pipeline",
        tree.Binary: "an expression",
        tree.Star: "`*`",
        tree.At: "a metric with a cut-off",
        tree.Maybe: "a nullable storage",
        tree.Field: f"`{expr.span.text}`",
    }
    return names.get(type(expr), "something else")


def unquoted(expr: Expr, meant: str = r"[A-Za-z_]\w*(@\d+)?") -> tuple[str, ...]:
    """Help where a string stands and something else was meant, by default a name; nothing for any other expression."""
    if isinstance(expr, String) and re.fullmatch(meant, expr.value, re.ASCII):
        return (f"take the quotes away: `{expr.value}`",)
    return ()


def number(expr: Expr) -> int | float | None:
    """The value of a number, with its sign; None for anything else."""
    if isinstance(expr, Unary) and isinstance(expr.operand, Number):
        return -expr.operand.value
    return expr.value if isinstance(expr, Number) else None


def call_of(expr: Expr) -> tuple[Name, list[tree.Arg] | None] | None:
    """The name and arguments of `name` or `name(args)`; None for anything else."""
    if isinstance(expr, Name):
        return expr, None
    if isinstance(expr, Call) and isinstance(expr.callee, Name):
        return expr.callee, expr.args
    return None
