"""Evaluates expressions of the network to typed values: sources, lists, records, and pipelines of stages."""

from __future__ import annotations

from itertools import chain

from specc import registry
from specc.diagnostics import Note
from specc.registry.common import MAX_NODES
from specc.registry.op import Op
from specc.registry.values import ErrorValue, Feature, ListValue, Record, Value
from specc.resolve.bindings import value_of
from specc.resolve.expressions import describe, unquoted
from specc.resolve.records import record_items
from specc.resolve.scope import Closure, Scope, follow
from specc.resolve.selectors import is_selector, select
from specc.resolve.stages import run_stage
from specc.syntax import tree
from specc.syntax.tree import Body, Call, Expr, Field, Missing, Name, Paren, Pipe


def evaluate(expr: Expr, scope: Scope) -> Value:
    """The value of an expression in value place; `ErrorValue` after a diagnostic."""
    session = scope.session
    if isinstance(expr, Paren):
        return evaluate(expr.inner, scope)
    if isinstance(expr, Missing) or not session.spend(expr.span):
        return ErrorValue("", expr.span)
    if isinstance(expr, Pipe):
        value = evaluate(expr.stages[0], scope)
        for stage in expr.stages[1:]:
            value = run_stage(stage, value, scope)
        return value
    if isinstance(expr, Name):
        return _name(expr, scope)
    if is_selector(expr, session):
        return select(expr, scope)
    if isinstance(expr, Field):
        return _field(expr, scope)
    if isinstance(expr, tree.List):
        items: list[Value] = []
        for item in expr.items:
            value = evaluate(item, scope)
            items.extend(value.items if isinstance(value, ListValue) else [value])
            if len(items) > MAX_NODES:
                return session.overflow(expr.span)
        if not items:
            return session.error("REC205", expr.span, "this list is empty", "put values between the brackets")
        return ListValue("list", expr.span, items)
    if isinstance(expr, Body):
        fields = {name: evaluate(value, scope.at(name)) for name, value in record_items(expr, scope)}
        if not expr.items:
            return session.error("REC205", expr.span, "this record is empty", "put `name: value` between the brackets")
        return Record("record", expr.span, fields) if len(fields) == len(expr.items) else ErrorValue("", expr.span)
    if isinstance(expr, tree.Binary) and expr.op in "+-*/":
        ops = (op for name in registry.names("ops") if isinstance(op := registry.find("ops", name), Op))
        meant = next(op.name for op in ops if op.infix == expr.op)
        return session.error(
            "REC211",
            expr.span,
            f"there is no `{expr.op}` on values of the network",
            "infix is for selectors and row expressions",
            help=f"write `[a, b] -> {meant}`",
        )
    if isinstance(expr, Call) and isinstance(expr.callee, Name):
        name = expr.callee.text
        known = registry.find("ops", name) or session.values.get(name)
        if known or name in session.unreliable.names:
            return session.error(
                "REC212",
                expr.callee.span,
                f"a pipeline starts with a value, and `{name}` is an operator",
                "not a value",
                help=f"write `source -> {name}(...)`",
            )
        return unknown_value(expr.callee, scope)
    return session.error(
        "REC213", expr.span, "a value of the network was expected", f"this is {describe(expr)}", help=unquoted(expr)
    )


def _name(name: Name, scope: Scope) -> Value:
    session = scope.session
    local = scope.locals.get(name.text)
    if isinstance(local, Closure):
        if local.value is None:  # an argument is evaluated once, however often the block reads it
            local.value = evaluate(local.expr, local.scope)
        return local.value
    if local is not None:
        return local
    if name.text in session.columns:
        return _column(name, scope)
    if name.text in session.groups:
        return _group(name, scope)
    declared = session.values.get(name.text)
    if declared is None:
        return unknown_value(name, scope)
    session.used.add(name.text)
    if declared.kind == "param":
        found = follow(name, scope)
        if found is None:
            return ErrorValue("", name.span)
        inner, inner_scope = found
        if isinstance(inner, (Name, Call)) and _is_operation(inner, inner_scope):
            return session.error(
                "REC212",
                name.span,
                f"a pipeline starts with a value, and `{name.text}` stands for an operator",
                "not a value",
                notes=[Note(inner.span, "its value")],
            )
        return evaluate(inner, inner_scope)
    if declared.kind in ("block", "shared"):
        return session.error(
            "REC212",
            name.span,
            f"a pipeline starts with a value, and `{name.text}` is a block",
            "not a value",
            notes=[Note(declared.span, "declared here")],
            help=f"write `source -> {name.text}`",
        )
    return value_of(declared, session, name.span)


def _is_operation(expr: Expr, scope: Scope) -> bool:
    callee = expr.callee if isinstance(expr, Call) else expr
    if not isinstance(callee, Name) or callee.text in scope.session.columns:
        return False
    declared = scope.session.values.get(callee.text)
    return (declared is None and registry.find("ops", callee.text) is not None) or (
        declared is not None and declared.kind in ("block", "shared")
    )


def _column(name: Name, scope: Scope) -> Value:
    session = scope.session
    column = session.columns[name.text]
    if column.gives is None:
        return session.error(
            "REC214",
            name.span,
            f"`{name.text}` has no encoder, so the network cannot read it",
            "a plain column",
            notes=[Note(column.span, "declared here")],
            help="give it an encoder, such as `-> vocab` or `-> standardize`",
        )
    return Feature(name.text, name.span, column)


def _group(name: Name, scope: Scope) -> Value:
    session = scope.session
    if name.text in session.unreliable.names:
        return ErrorValue("", name.span)
    fields = [session.columns[c] for c in session.groups[name.text]]
    encoded: list[Value] = [Feature(c.name, name.span, c) for c in fields if c.gives]
    if not encoded:
        help = "give one an encoder, such as `-> log1p`"
        return session.error("REC214", name.span, f"no field of `{name.text}` has an encoder", "plain columns", help=help)
    return ListValue(name.text, name.span, encoded)


def _field(expr: Field, scope: Scope) -> Value:
    session = scope.session
    if isinstance(expr.base, Name) and expr.base.text in session.groups and expr.base.text not in scope.locals:
        dotted = f"{expr.base.text}.{expr.name.text}"
        if dotted in session.columns:
            return _column(Name(expr.span, dotted), scope)
        if dotted in session.unreliable.names:
            return ErrorValue("", expr.span)
        fields = [c.split(".", 1)[1] for c in session.groups[expr.base.text]]
        return session.unknown("REC119", "field", expr.name.text, expr.name.span, fields)
    base = evaluate(expr.base, scope)
    if isinstance(base, ErrorValue):
        return base
    if not isinstance(base, Record):
        return session.error("REC215", expr.name.span, f"`{expr.base.span.text}` has no fields", f"it is {base}")
    if expr.name.text not in base.fields:
        return session.unknown("REC119", "field", expr.name.text, expr.name.span, base.fields)
    return base.fields[expr.name.text]


def unknown_value(name: Name, scope: Scope) -> Value:
    """Report a name that is not a value, unless the item that declares it could not be read."""
    session = scope.session
    if name.text in session.unreliable.names:
        return ErrorValue("", name.span)
    if name.text in session.labels:
        return session.error(
            "REC216",
            name.span,
            f"`{name.text}` is a label, and the network must not read it",
            "a label",
            notes=[Note(session.labels[name.text].span, "declared here")],
            help="labels appear in `label=`, `where=`, `row_weight=` and metrics",
        )
    if registry.find("ops", name.text):
        return session.error(
            "REC212",
            name.span,
            f"a pipeline starts with a value, and `{name.text}` is an operator",
            "not a value",
            help=f"write `source -> {name.text}`",
        )
    if not session.unreliable.kinds.isdisjoint(("schema", "values")):
        return ErrorValue("", name.span)
    known = chain(scope.locals, session.columns, (n for n in session.values if "*" not in n), session.groups)

    def fits(other: str) -> bool:
        column, declared = session.columns.get(other), session.values.get(other)
        if column is not None:
            return column.gives is not None
        return declared is None or declared.kind in ("tower", "experts", "head")

    return session.unknown("REC110", "name", name.text, name.span, known, fits=fits, places=session.place)
