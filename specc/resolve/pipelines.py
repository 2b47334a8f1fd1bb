"""Evaluates expressions of the network to typed values: sources, stages, lists, records and blocks."""

from __future__ import annotations

from specc.diagnostics import Note
from specc.library import registry
from specc.library.common import MAX_NODES
from specc.library.op import Op
from specc.library.values import Feature, Poison, Record, Several, Value
from specc.resolve.arguments import bind
from specc.resolve.blocks import run_declared_block
from specc.resolve.expressions import describe
from specc.resolve.scope import Closure, Scope, follow
from specc.resolve.selectors import is_selector, select
from specc.resolve.session import Declared, Session
from specc.resolve.site import Site
from specc.resolve.sorts import record_items
from specc.syntax import tree
from specc.syntax.tree import Body, Call, Expr, Field, Missing, Name, Paren, Pipe
from specc.text import Span


def evaluate(expr: Expr, scope: Scope) -> Value:
    """The value of an expression in value place; `Poison` after a diagnostic."""
    session = scope.session
    if isinstance(expr, Paren):
        return evaluate(expr.inner, scope)
    if isinstance(expr, Missing) or not session.spend(expr.span):
        return Poison("", expr.span)
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
            items.extend(value.items if isinstance(value, Several) else [value])
            if len(items) > MAX_NODES:
                return session.overflow(expr.span)
        if not items:
            return session.error("REC205", expr.span, "this list is empty", "put values between the brackets")
        return Several("list", expr.span, items)
    if isinstance(expr, Body):
        fields = {name: evaluate(value, scope.at(name)) for name, value in record_items(expr, scope)}
        if not expr.items:
            return session.error("REC205", expr.span, "this record is empty", "put `name: value` between the brackets")
        return Record("record", expr.span, fields) if len(fields) == len(expr.items) else Poison("", expr.span)
    if isinstance(expr, tree.Binary) and expr.op in "+-*/":
        word = {"+": "add", "-": "subtract", "*": "multiply", "/": "scale"}[expr.op]
        return session.error(
            "REC211",
            expr.span,
            f"there is no `{expr.op}` on values of the network",
            "infix is for selectors and row expressions",
            help=f"write `[a, b] -> {word}`",
        )
    if isinstance(expr, Call) and isinstance(expr.callee, Name):
        name = expr.callee.text
        known = registry.find("ops", name) or session.values.get(name)
        if known or name in session.broken_names:
            return session.error(
                "REC212",
                expr.callee.span,
                f"a pipeline starts with a value, and `{name}` is an operator",
                "not a value",
                help=f"write `source -> {name}(...)`",
            )
        return unknown_value(expr.callee, scope)
    return session.error("REC213", expr.span, "a value of the network was expected", f"this is {describe(expr)}")


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
            return Poison("", name.span)
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


def value_of(declared: Declared, session: Session, span: Span) -> Value:
    """The value of a tower, mixture or head, evaluated at its first use."""
    from specc.resolve.experts import evaluate_experts

    key = f"{declared.kind} *" if declared.name == "*" else declared.name
    if key in session.evaluated:
        value = session.evaluated[key]
        if isinstance(value, _Running):
            return _circle(declared, session, span)
        return named(value, declared.name, span, session)
    session.evaluated[key] = _Running(declared.name, span)
    owner = declared.name
    scope = Scope(session, owner, owner)
    assert declared.item.value is not None
    if declared.kind == "experts":
        value = evaluate_experts(declared, scope)
    elif declared.kind == "head":
        from specc.resolve.heads import evaluate_head

        value = evaluate_head(declared, scope)
    else:
        value = evaluate(declared.item.value, scope)
    session.evaluated[key] = value
    return named(value, declared.name, span, session)


class _Running(Poison):
    """The value of a declaration that is being evaluated, and where it was asked for: met again, it is a circle."""


def _circle(declared: Declared, session: Session, span: Span) -> Poison:
    """Report a circle of declarations with the places that lead round it."""
    running = [value for value in session.evaluated.values() if isinstance(value, _Running)]
    start = next(i for i, value in enumerate(running) if value.name == declared.name)
    notes = [Note(declared.span, "declared here")]
    for value in running[start + 1 : start + 4]:
        is_label = ", the head, and not the label of that name" if value.name in session.labels else ""
        notes.append(Note(value.span, f"which reads `{value.name}`{is_label}"))
    return session.error("REC109", span, f"`{declared.name}` reads itself", "closes the circle", notes=notes)


def named(value: Value, name: str, span: Span, session: Session) -> Value:
    """The same value, called by the name that it was reached by."""
    if isinstance(value, (Poison, Feature)) or not session.spend(span):
        return value
    copy = object.__new__(type(value))
    for cls in type(value).__mro__:
        for slot in getattr(cls, "__slots__", ()):
            setattr(copy, slot, getattr(value, slot))
    copy.name, copy.span = name, span
    if isinstance(copy, Record):
        copy.fields = {key: named(field, f"{name}.{key}", span, session) for key, field in copy.fields.items()}
    return copy


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
    if name.text in session.broken_names:
        return Poison("", name.span)
    fields = [session.columns[c] for c in session.groups[name.text]]
    encoded: list[Value] = [Feature(c.name, name.span, c) for c in fields if c.gives]
    if not encoded:
        help = "give one an encoder, such as `-> log1p`"
        return session.error("REC214", name.span, f"no field of `{name.text}` has an encoder", "plain columns", help=help)
    return Several(name.text, name.span, encoded)


def _field(expr: Field, scope: Scope) -> Value:
    session = scope.session
    if isinstance(expr.base, Name) and expr.base.text in session.groups and expr.base.text not in scope.locals:
        dotted = f"{expr.base.text}.{expr.name.text}"
        if dotted in session.columns:
            return _column(Name(expr.span, dotted), scope)
        if dotted in session.broken_names:
            return Poison("", expr.span)
        fields = [c.split(".", 1)[1] for c in session.groups[expr.base.text]]
        return session.unknown("REC119", "field", expr.name.text, expr.name.span, fields)
    base = evaluate(expr.base, scope)
    if isinstance(base, Poison):
        return base
    if not isinstance(base, Record):
        return session.error("REC215", expr.name.span, f"`{expr.base.span.text}` has no fields", f"it is {base}")
    if expr.name.text not in base.fields:
        return session.unknown("REC119", "field", expr.name.text, expr.name.span, base.fields)
    return base.fields[expr.name.text]


def unknown_value(name: Name, scope: Scope) -> Value:
    """Report a name that is no value, unless the item that declares it could not be read."""
    session = scope.session
    if name.text in session.broken_names:
        return Poison("", name.span)
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
    if not session.lost.isdisjoint(("schema", "values")):
        return Poison("", name.span)
    known = [*scope.locals, *session.columns, *(n for n in session.values if "*" not in n), *session.groups]
    return session.unknown("REC110", "name", name.text, name.span, known, places=session.place)


# Stages


def run_stage(stage: Expr, value: Value, scope: Scope) -> Value:
    """One stage of a pipeline applied to a value; on a record, to each field with weights of its own."""
    if isinstance(stage, Missing) or not scope.session.spend(stage.span):
        return Poison("", stage.span)
    if isinstance(value, Record):
        fields = {name: run_stage(stage, field, scope.at(name)) for name, field in value.fields.items()}
        return Record(value.name, value.span, fields)
    found = follow(stage, scope)
    if found is None:
        return Poison("", stage.span)
    inner, inner_scope = found
    if inner_scope is not scope:
        return run_block(Closure(inner, inner_scope), value, scope, stage.span)
    if isinstance(inner, Pipe):
        for part in inner.stages:
            value = run_stage(part, value, scope)
        return value
    callee = inner.callee if isinstance(inner, Call) else inner
    if not isinstance(callee, Name):
        place = inner.k.span if isinstance(inner, tree.At) else inner.span
        help = f"a layer of that width is written `dense({inner.span.text})`" if isinstance(inner, tree.Number) else ()
        return scope.session.error(
            "REC217", place, "an operator or a block was expected", f"this is {describe(inner)}", help=help
        )
    args = inner.args if isinstance(inner, Call) else None
    return _operation(callee, args, value, scope)


def run_block(block: Closure, value: Value, scope: Scope, span: Span) -> Value:
    """A block argument or parameter applied where it is used: its names are its own, its nodes are made here."""
    return run_stage(block.expr, value, scope.with_names(block.scope.locals))


def _operation(name: Name, args: list[tree.Arg] | None, value: Value, scope: Scope) -> Value:
    session = scope.session
    declared = session.values.get(name.text)
    if declared is not None and declared.kind in ("block", "shared"):
        session.used.add(name.text)
        return run_declared_block(declared, name, args, value, scope)
    entry = registry.find("ops", name.text)
    if entry is None:
        return _not_an_operator(name, declared, value, scope)
    assert isinstance(entry, Op)
    bound = bind(entry, args, name.span, scope)
    if bound is None or isinstance(value, Poison):
        return Poison("", name.span)
    site = Site(scope, name.text, name.span)
    if isinstance(value, Several) and any(isinstance(item, Poison) for item in value.items):
        return Poison("", name.span)
    if entry.maps_lists and isinstance(value, Several):
        return Several(value.name, value.span, [entry.apply(item, bound, site) for item in value.items])
    return entry.apply(value, bound, site)


def _not_an_operator(name: Name, declared: Declared | None, value: Value, scope: Scope) -> Value:
    session = scope.session
    if name.text in session.broken_names:
        return Poison("", name.span)
    local = scope.locals.get(name.text)
    if isinstance(value, Poison) and declared is not None:
        return value  # `mlp(8) -> x`: the whole pipeline stands the wrong way round, which was said of its start
    if declared is not None or isinstance(local, Value) or name.text in session.columns:
        place = declared.span if declared else session.columns[name.text].span if name.text in session.columns else None
        return session.error(
            "REC218",
            name.span,
            f"`{name.text}` is a value, and an operator or a block was expected",
            "behind `->`",
            notes=[Note(place, "declared here")] if place else [],
            help="put values into a list: `[a, b] -> concat`",
        )
    blocks = [n for n, d in session.values.items() if d.kind in ("block", "shared", "param")]
    if "values" in session.lost:
        return Poison("", name.span)
    known = [*registry.names("ops"), *blocks]
    return session.unknown("REC120", "operator", name.text, name.span, known, places=session.place)
