"""Reads a single argument: an expression by the type that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from specc import registry
from specc.diagnostics import Note
from specc.registry import arg_types
from specc.registry.arg_types import ArgType
from specc.registry.values import ErrorValue
from specc.resolve.columns import find_column
from specc.resolve.expressions import BAD, Bad, call_of, unquoted
from specc.resolve.literals import read_bool, read_choice, read_duration, read_literal, read_number, read_text, refuse
from specc.resolve.records import record_items
from specc.resolve.rows import read_row
from specc.resolve.scope import Closure, Scope, follow
from specc.syntax import tree
from specc.syntax.tree import Body, Call, Expr, Missing, Name
from specc.text import Span

MAX_NAMES = 1_000  # tasks of a mixture


def counted(arg_type: arg_types.ListOf, count: int, span: Span, scope: Scope, what: str) -> bool:
    """Whether a list has as many values as it may have; if not, it is reported."""
    if arg_type.least <= count <= arg_type.most:
        return True
    bound = f"at least {arg_type.least}" if count < arg_type.least else f"at most {arg_type.most:_}"
    scope.session.error("REC306", span, f"`{what}` needs {bound}", f"got {count:_}")
    return False


def read(arg_type: ArgType, expr: Expr, scope: Scope, what: str) -> Any:
    """The value of an expression where `arg_type` is asked for, or `BAD` after a diagnostic. `what` is the argument's name."""
    if isinstance(expr, Missing):
        return BAD
    found = follow(expr, scope)
    if found is None:
        return BAD
    return _READERS[type(arg_type)](arg_type, found[0], found[1], expr, what)


def _list_of(arg_type: arg_types.ListOf, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    items = expr.items if isinstance(expr, tree.List) else [expr]
    out = [read(arg_type.item, item, scope, what) for item in items]
    if any(isinstance(value, Bad) for value in out):
        return BAD
    return out if counted(arg_type, len(out), written.span, scope, what) else BAD


def _one_or_each(arg_type: arg_types.OneOrEach, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    if not isinstance(expr, Body):
        return read(arg_type.item, written, scope, what)
    return _record(arg_type.item, expr, scope, what)


def _mapping(arg_type: arg_types.Mapping, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    if not isinstance(expr, Body):
        return refuse(arg_type, expr, scope, written, what)
    return _record(arg_type.item, expr, scope, what)


def _record(arg_type: ArgType, body: Body, scope: Scope, what: str) -> Any:
    out: dict[str, Any] = {}
    good = True
    for key, expr in record_items(body, scope):
        value = read(arg_type, expr, scope, what)
        good &= not isinstance(value, Bad)
        out[key] = value
    return out if good and len(out) == len(body.items) else BAD


def _block(arg_type: arg_types.Block, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    if isinstance(expr, (Name, Call, tree.Pipe)):
        return Closure(expr, scope)
    return refuse(arg_type, expr, scope, written, what)


def _experts(arg_type: arg_types.Experts, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    experts = scope.evaluator.read_experts(expr, scope)
    return BAD if experts is None else experts


def _any_value(arg_type: arg_types.AnyValue, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    value = scope.evaluator.evaluate(written, scope)
    return BAD if isinstance(value, ErrorValue) else value


def _names(arg_type: arg_types.Names, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    items = expr.items if isinstance(expr, tree.List) else [expr]
    out: dict[str, Span] = {}
    for item in items:
        if not isinstance(item, Name):
            return refuse(arg_type, item, scope, item, what)
        if item.text in out:
            notes = [Note(out[item.text], "first named here")]
            scope.session.error("REC106", item.span, f"`{item.text}` is named twice", "named again", notes=notes)
            return BAD
        out[item.text] = item.span
    if not 1 <= len(out) <= MAX_NAMES:
        scope.session.error("REC306", expr.span, f"`{what}` needs 1 to {MAX_NAMES:_} names", f"got {len(out):_}")
        return BAD
    return list(out)


def _embedding_set(arg_type: arg_types.EmbeddingSet, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    session = scope.session
    if not isinstance(expr, Name):
        return refuse(arg_type, expr, scope, written, what)
    if expr.text not in session.sets or expr.text == "":
        named = [name for name in session.sets if name]
        if "embeddings" not in session.unreliable.kinds:
            places = {name: s.declared.span for name, s in session.sets.items() if s.declared}
            session.unknown("REC121", "set of embeddings", expr.text, expr.span, named, places=places.get)
        return BAD
    session.used_sets.add(expr.text)
    return expr.text


def _column_name(arg_type: arg_types.ColumnName, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    column = find_column(expr, scope.session)
    return BAD if column is None else column


def _schema_name(arg_type: arg_types.SchemaName, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    session = scope.session
    if not isinstance(expr, Name):
        return refuse(arg_type, expr, scope, written, what)
    if expr.text not in session.schemas:
        if "schema" not in session.unreliable.kinds:
            places = {name: s.span for name, s in session.schemas.items()}
            session.unknown("REC122", "schema", expr.text, expr.span, session.schemas, places=places.get)
        return BAD
    return expr.text


def _rows(arg_type: arg_types.Rows, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    row = read_row(expr, scope, arg_type.gives, what)
    return BAD if row is None else row


def _label_name(arg_type: arg_types.LabelName, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    row = read_row(expr, scope, "any", what, labels=True)
    if row is not None and not row.columns:
        scope.session.error(
            "REC412", expr.span, "this expression reads no column", "the same in every row", help=unquoted(expr)
        )
        return BAD
    return BAD if row is None else row


def _target(arg_type: arg_types.Target, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    return Closure(written, scope)


def _word_of(arg_type: arg_types.ComponentOf, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    called = call_of(expr)
    if called is None:
        return refuse(arg_type, expr, scope, written, what)
    name, args = called
    entry = registry.find(arg_type.kind, name.text)
    if entry is None:
        noun = arg_type.noun.removeprefix("a ").removeprefix("an ")
        scope.session.unknown("REC123", noun, name.text, name.span, registry.names(arg_type.kind), kind=arg_type.kind)
        return BAD
    bound = scope.evaluator.bind(entry, args, name.span, scope)
    return BAD if bound is None else (entry, bound)


def _number_or(arg_type: arg_types.NumberOr, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    named = isinstance(expr, Name) and registry.find(arg_type.component.kind, expr.text) is not None
    if not isinstance(expr, Call) and not named:
        return read(arg_type.number, written, scope, what)
    found = _word_of(arg_type.component, expr, scope, written, what)
    if isinstance(found, Bad):
        return BAD
    entry, bound = found
    return BAD if entry.refuses(bound, scope.session) else {"name": entry.name, "config": bound.plain()}


_READERS: dict[type[ArgType], Callable[[Any, Expr, Scope, Expr, str], Any]] = {
    arg_types.Int: read_number,
    arg_types.Float: read_number,
    arg_types.Bool: read_bool,
    arg_types.Text: read_text,
    arg_types.Duration: read_duration,
    arg_types.Literal: read_literal,
    arg_types.Choice: read_choice,
    arg_types.ListOf: _list_of,
    arg_types.OneOrEach: _one_or_each,
    arg_types.Mapping: _mapping,
    arg_types.NumberOr: _number_or,
    arg_types.Block: _block,
    arg_types.Experts: _experts,
    arg_types.AnyValue: _any_value,
    arg_types.Names: _names,
    arg_types.EmbeddingSet: _embedding_set,
    arg_types.ColumnName: _column_name,
    arg_types.SchemaName: _schema_name,
    arg_types.Rows: _rows,
    arg_types.LabelName: _label_name,
    arg_types.Target: _target,
    arg_types.ComponentOf: _word_of,
}
