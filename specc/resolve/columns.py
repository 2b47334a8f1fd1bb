"""Finds the column that an expression means."""

from __future__ import annotations

from collections.abc import Callable

from specc.diagnostics import Note
from specc.registry.columns import Column, Schema
from specc.resolve.expressions import describe, unquoted
from specc.resolve.session import Session
from specc.syntax.tree import Expr, Field, Name
from specc.text import Span


def find_column(
    expr: Expr, session: Session, *, labels: bool = False, fits: Callable[[Column], bool] | None = None, hint: str = ""
) -> Column | None:
    """The column that a name or `group.field` means, resolved; None after a diagnostic. Those that fit are proposed first."""
    if not isinstance(expr, (Name, Field)):
        session.error("REC307", expr.span, "a column was expected", f"this is {describe(expr)}", help=unquoted(expr))
        return None
    name = expr.text if isinstance(expr, Name) else expr.span.text.replace(" ", "")
    if name in session.pending.items and name not in session.labels:
        return session.pending.resolve(name)
    if labels and name in session.labels:
        return session.pending.resolve(name)
    if name in session.unreliable.names or name.split(".")[0] in session.unreliable.names:
        return None
    if name in session.labels:
        session.error("REC216", expr.span, f"`{name}` is a label, and a column was expected", "a label")
        return None
    if name in session.values or name in session.groups:
        place = session.values[name].span if name in session.values else None
        session.error("REC219", expr.span, f"`{name}` is not a column", notes=[Note(place, "declared here")] if place else [])
        return None
    if "schema" not in session.unreliable.kinds:
        what = "column or label" if labels else "column"
        # Columns with mistakes of their own are no columns of the session any more, but may be what was meant.
        every = {name: column for name, (_, _, column) in session.pending.items.items()} | session.columns
        known = [name for name, column in every.items() if labels or not column.is_label]

        def declared_at(known_name: str) -> Span | None:
            return every[known_name].span if known_name in every else None

        usable = None if fits is None else lambda name: fits(every[name])
        session.unknown("REC118", what, name, expr.span, known, fits=usable, places=declared_at, hint=hint)
    return None


def time_column(schema: Schema) -> Column | None:
    """The column that orders the rows of a schema."""
    times = [c for c in schema.columns.values() if c.storage.element == "time" and c.shape == "scalar"]
    return times[0] if times else None
