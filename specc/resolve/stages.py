"""Runs the stages of a pipeline: operators and blocks, applied to a value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from specc import registry
from specc.diagnostics import Note
from specc.registry.op import Op
from specc.registry.topology import Expert
from specc.registry.values import ErrorValue, ListValue, Record, Value
from specc.resolve.arguments import bind_what_is_good
from specc.resolve.blocks import run_declared_block
from specc.resolve.declarations import Declared
from specc.resolve.expressions import describe, unquoted
from specc.resolve.op_context import OpContext
from specc.resolve.scope import Closure, Scope, follow
from specc.syntax import tree
from specc.syntax.tree import Call, Expr, Missing, Name, Pipe
from specc.text import Span


def run_stage(stage: Expr, value: Value, scope: Scope) -> Value:
    """One stage of a pipeline applied to a value; on a record, to each field with weights of its own."""
    if isinstance(stage, Missing) or not scope.session.spend(stage.span):
        return ErrorValue("", stage.span)
    if isinstance(value, Record):
        fields = {name: run_stage(stage, field, scope.at(name)) for name, field in value.fields.items()}
        return Record(value.name, value.span, fields)
    found = follow(stage, scope)
    if found is None:
        return ErrorValue("", stage.span)
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
        help = unquoted(inner)
        if isinstance(inner, tree.Number):
            help = (f"a layer of that width is written `dense({inner.span.text})`",)
        return scope.session.error(
            "REC217", place, "an operator or a block was expected", f"this is {describe(inner)}", help=help
        )
    args = inner.args if isinstance(inner, Call) else None
    return _operation(callee, args, value, scope)


def run_block(block: Closure, value: Value, scope: Scope, span: Span) -> Value:
    """A block argument or parameter applied where it is used: its names are its own, its nodes are made here."""
    return run_stage(block.expr, value, scope.with_names(block.scope.locals))


def _blocks_in(value: Any) -> Iterator[Closure]:
    """The blocks among arguments: themselves, in lists, and as experts."""
    if isinstance(value, Closure):
        yield value
    elif isinstance(value, Expert):
        yield from _blocks_in(value.block)
    elif isinstance(value, list):
        for item in value:
            yield from _blocks_in(item)


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
    bound, given = bind_what_is_good(entry, args, name.span, scope)
    items = value.items if isinstance(value, ListValue) else [value]
    if bound is None or any(isinstance(item, ErrorValue) for item in items):
        for block in _blocks_in(given):  # whose own mistakes do not depend on what they are applied to
            run_block(block, ErrorValue("", name.span), scope, name.span)
        return ErrorValue("", name.span)
    site = OpContext(scope, name.text, name.span)
    if entry.maps_lists and isinstance(value, ListValue):
        return ListValue(value.name, value.span, [entry.infer(item, bound, site) for item in value.items])
    return entry.infer(value, bound, site)


def _not_an_operator(name: Name, declared: Declared | None, value: Value, scope: Scope) -> Value:
    session = scope.session
    if name.text in session.unreliable.names:
        return ErrorValue("", name.span)
    local = scope.locals.get(name.text)
    if isinstance(value, ErrorValue) and declared is not None:
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
    if "values" in session.unreliable.kinds:
        return ErrorValue("", name.span)
    known = [*blocks, *registry.names("ops")]  # the spec's own are few, and a list of the others is cut
    return session.unknown("REC120", "operator", name.text, name.span, known, kind="ops", places=session.place)
