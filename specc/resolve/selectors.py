"""Selectors: sets of encoded columns by tag and name, in the order of the schemas."""

from __future__ import annotations

from specc.registry.values import ErrorValue, Feature, ListValue, Value
from specc.resolve.columns import find_column
from specc.resolve.expressions import describe, unquoted
from specc.resolve.scope import Closure, Scope, follow
from specc.resolve.session import Session
from specc.resolve.tags import BUILT_IN, Index
from specc.syntax.tree import Binary, Expr, Field, Name, Paren, Tag


def is_selector(expr: Expr, session: Session) -> bool:
    """Whether an expression is to be read as a selector: a tag, or a set operation on selectors."""
    if isinstance(expr, Paren):
        return is_selector(expr.inner, session)
    if isinstance(expr, Tag):
        return True
    if isinstance(expr, Binary):
        return expr.op in "&|" or (expr.op == "-" and _selects(expr.left, session))
    return False


def _selects(expr: Expr, session: Session) -> bool:
    """Whether the left of a `-` is a selector, looking through params."""
    if is_selector(expr, session):
        return True
    if isinstance(expr, Name):
        declared = session.values.get(expr.text) if expr.text not in session.circular else None
        if declared is not None and declared.kind == "param" and declared.item.value is not None:
            return is_selector(declared.item.value, session)
    return False


def select(expr: Expr, scope: Scope) -> Value:
    """The columns of a selector as a list of features; none selected is a mistake."""
    chosen = _columns(expr, scope)
    if chosen is None:
        return ErrorValue("", expr.span)
    if not chosen and not scope.session.unreliable.kinds.isdisjoint(("schema", "tags", "import")):
        return ErrorValue("", expr.span)
    if not chosen:
        help = "tags stand behind a column's encoders: `user_id : int -> vocab  @user`"
        return scope.session.error("REC125", expr.span, "no column is selected", "selects nothing", help=help)
    order = _index(scope.session).order
    ordered = [scope.session.columns[name] for name in sorted(chosen, key=order.__getitem__)]
    return ListValue(expr.span.text, expr.span, [Feature(c.name, expr.span, c) for c in ordered])


def _index(session: Session) -> Index:
    """The columns by tag, when they are first asked for, and again when there are others."""
    if session.selectors is None or len(session.selectors.order) != len(session.columns):
        session.selectors = Index(session.columns)
    return session.selectors


def _columns(expr: Expr, scope: Scope) -> set[str] | None:
    session = scope.session
    found = follow(expr, scope)
    if found is None:
        return None
    expr, scope = found
    if isinstance(expr, Tag):
        return _tag(expr, session)
    if isinstance(expr, Binary) and expr.op in ("&", "|", "-"):
        left, right = _columns(expr.left, scope), _columns(expr.right, scope)
        if left is None or right is None:
            return None
        return {"&": left & right, "|": left | right, "-": left - right}[expr.op]
    if isinstance(expr, (Name, Field)):
        local = scope.locals.get(expr.text) if isinstance(expr, Name) else None
        if isinstance(local, Closure):
            return _columns(local.expr, local.scope)
        if isinstance(expr, Name) and expr.text in session.groups:
            return {name for name in session.groups[expr.text] if session.columns[name].gives}
        column = find_column(expr, session, fits=lambda column: column.gives is not None)
        if column is None:
            return None
        if column.gives is None:
            session.error("REC214", expr.span, f"`{column.name}` has no encoder, so no selector holds it", "a plain column")
            return None
        return {column.name}
    session.error(
        "REC126", expr.span, "a selector is made of tags and columns", f"this is {describe(expr)}", help=unquoted(expr)
    )
    return None


def _tag(tag: Tag, session: Session) -> set[str] | None:
    index = _index(session)
    if tag.name not in index.places and tag.name not in BUILT_IN:
        if "schema" not in session.unreliable.kinds:
            known = [f"@{name}" for name in [*index.places, *BUILT_IN]]
            session.unknown("REC124", "tag", f"@{tag.name}", tag.span, known, places=lambda name: index.places.get(name[1:]))
        return None
    return index.chosen.get(tag.name, set())
