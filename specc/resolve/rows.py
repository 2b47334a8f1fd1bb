"""Row expressions: conditions and numbers computed from the columns and labels of a row."""

from __future__ import annotations

import re
from datetime import datetime

from specc.diagnostics import Note
from specc.limits import MAX_ROW
from specc.registry.columns import Column
from specc.registry.rows import Row
from specc.resolve.columns import find_column
from specc.resolve.expressions import describe, number, unquoted
from specc.resolve.literals import MAX_WHOLE
from specc.resolve.scope import Scope, follow
from specc.syntax.tree import Binary, Expr, Field, Missing, Name, Paren, String, Unary

NUMERIC = ("int", "float")


def read_row(expr: Expr, scope: Scope, wanted: str, what: str, *, labels: bool = True) -> Row | None:
    """A row expression of the wanted kind (`bool`, `number`, `any`); None after a diagnostic."""
    row = _read(expr, scope)
    if row is None:
        return None
    fits = (
        wanted == "any"
        or (wanted == "bool" and row.gives == "bool")
        or (wanted == "number" and row.gives in (*NUMERIC, "bool"))
    )
    if not fits:
        need = "a condition" if wanted == "bool" else "a number"
        scope.session.error("REC420", expr.span, f"`{what}` needs {need}", f"this is {_a(row.gives)}", help=unquoted(expr))
        return None
    return row


def _a(element: str) -> str:
    return {"int": "a number", "float": "a number", "string": "a string", "bool": "a condition", "time": "a time"}.get(
        element, element
    )


def _read(expr: Expr, scope: Scope) -> Row | None:
    session = scope.session
    found = follow(expr, scope)
    if found is None:
        return None
    expr, scope = found
    if isinstance(expr, Missing):
        return None
    if isinstance(expr, Paren):
        return _read(expr.inner, scope)
    value = number(expr)
    if value is not None:
        if isinstance(value, int) and abs(value) > MAX_WHOLE:
            session.error("REC308", expr.span, "this number is too large to be compared with data", "over 64 bits")
            return None
        return Row({"value": value}, "float" if isinstance(value, float) else "int", [], expr.span)
    if isinstance(expr, String):
        return Row({"value": expr.value}, "string", [], expr.span)
    if isinstance(expr, Name) and expr.text in ("true", "false"):
        return Row({"value": expr.text == "true"}, "bool", [], expr.span)
    if isinstance(expr, (Name, Field)):
        return _column(expr, scope)
    if isinstance(expr, Unary):
        inner = _read(expr.operand, scope)
        if inner is None:
            return None
        if inner.gives not in NUMERIC:
            session.error("REC421", expr.span, "`-` works on numbers", f"this is {_a(inner.gives)}")
            return None
        return Row(
            {"op": "-", "left": {"value": 0}, "right": inner.tree}, inner.gives, inner.columns, expr.span, inner.size + 1
        )
    if isinstance(expr, Binary):
        return _binary(expr, scope)
    session.error("REC422", expr.span, "an expression over the columns of a row was expected", f"this is {describe(expr)}")
    return None


def _column(expr: Name | Field, scope: Scope) -> Row | None:
    session = scope.session
    name = expr.text if isinstance(expr, Name) else expr.span.text.replace(" ", "")
    column = None
    if name in session.labels:
        column = session.pending.resolve(name)
        if column is None:
            return None
    else:
        declared = session.values.get(name)
        if name in session.unreliable.names and name not in session.columns:
            return None
        if declared is not None and name not in session.columns:
            session.error(
                "REC423",
                expr.span,
                f"`{name}` is a {declared.kind}, and a row expression reads columns and labels",
                "not of the row",
                notes=[Note(declared.span, "declared here")],
            )
            return None
        hint = f'text stands in quotes: `"{name}"`' if "." not in name else ""
        column = find_column(expr, session, labels=True, fits=_is_plain, hint=hint)
    if column is None:
        return None
    if not _is_plain(column):
        session.error("REC424", expr.span, f"`{name}` has many values in a row", "a row expression needs one")
        return None
    element = "string" if column.storage.element == "text" else column.storage.element
    return Row({"column": column.name}, element, [column.name], expr.span)


def _is_plain(column: Column) -> bool:
    """Whether a column has one value in a row."""
    return column.shape == "scalar" and column.storage.element != "vector"


def _binary(expr: Binary, scope: Scope) -> Row | None:
    session = scope.session
    left, right = _read(expr.left, scope), _read(expr.right, scope)
    if left is None or right is None:
        return None
    size = left.size + right.size + 1
    if size > MAX_ROW:
        what = f"this expression grows to more than {MAX_ROW:_} operators"
        session.overflow(expr.span, what, "params that use params multiply: write fewer")
        return None
    columns = list(dict.fromkeys([*left.columns, *right.columns]))
    tree = {"op": expr.op, "left": left.tree, "right": right.tree}
    if expr.op in "&|":
        for side in (left, right):
            if side.gives != "bool":
                session.error("REC421", side.span, f"`{expr.op}` joins conditions", f"this is {_a(side.gives)}")
                return None
        return Row(tree, "bool", columns, expr.span, size)
    if expr.op in ("==", "!=", "<", "<=", ">", ">="):
        if not _comparable(left.gives, right.gives):
            strings = [side for side in (expr.left, expr.right) if isinstance(side, String)]
            meant = next((side for side in strings if side.value in session.pending.items), None)
            session.error(
                "REC425",
                expr.span,
                f"cannot compare {_a(left.gives)} with {_a(right.gives)}",
                f"`{expr.op}` needs two of one kind",
                help=unquoted(meant) if meant is not None else 'strings are written in quotes: `"Never married"`',
            )
            return None
        for side, other in ((left, right), (right, left)):
            text = side.tree.get("value")
            if isinstance(text, str) and other.gives == "time" and not _is_time(text):
                help = 'a date is written "2024-05-01", with a time "2024-05-01 12:30" or "2024-05-01 12:30:00"'
                session.error("REC425", side.span, "cannot compare a time with this text", "it is not a time", help=help)
                return None
        return Row(tree, "bool", columns, expr.span, size)
    for side in (left, right):
        if side.gives not in (*NUMERIC, "bool"):
            session.error("REC421", side.span, f"`{expr.op}` works on numbers", f"this is {_a(side.gives)}")
            return None
    whole = left.gives == right.gives == "int" and expr.op != "/"
    return Row(tree, "int" if whole else "float", columns, expr.span, size)


def _is_time(text: str) -> bool:
    """Whether text is a time as data are read: ISO 8601, to the day, the minute or the second; a zone needs seconds."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?)?)?", text, re.ASCII) is None:
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _comparable(left: str, right: str) -> bool:
    pair = {left, right}
    return len(pair) == 1 or pair <= set(NUMERIC) or pair <= {"time", "string"}
