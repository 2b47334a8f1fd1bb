"""Reads a single argument: an expression by the sort that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from specc import registry
from specc.diagnostics import Note
from specc.registry import word
from specc.registry.values import Poison
from specc.registry.word import Sort
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


def counted(sort: word.ListOf, count: int, span: Span, scope: Scope, what: str) -> bool:
    """Whether a list has as many values as it may have; if not, it is reported."""
    if sort.least <= count <= sort.most:
        return True
    bound = f"at least {sort.least}" if count < sort.least else f"at most {sort.most:_}"
    scope.session.error("REC306", span, f"`{what}` needs {bound}", f"got {count:_}")
    return False


def read(sort: Sort, expr: Expr, scope: Scope, what: str) -> Any:
    """The value of an expression where `sort` is asked for, or `BAD` after a diagnostic. `what` is the argument's name."""
    if isinstance(expr, Missing):
        return BAD
    found = follow(expr, scope)
    if found is None:
        return BAD
    return _READERS[type(sort)](sort, found[0], found[1], expr, what)


def _list_of(sort: word.ListOf, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    items = expr.items if isinstance(expr, tree.List) else [expr]
    out = [read(sort.item, item, scope, what) for item in items]
    if any(isinstance(value, Bad) for value in out):
        return BAD
    return out if counted(sort, len(out), written.span, scope, what) else BAD


def _one_or_each(sort: word.OneOrEach, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    if not isinstance(expr, Body):
        return read(sort.item, written, scope, what)
    return _record(sort.item, expr, scope, what)


def _mapping(sort: word.Mapping, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    if not isinstance(expr, Body):
        return refuse(sort, expr, scope, written, what)
    return _record(sort.item, expr, scope, what)


def _record(sort: Sort, body: Body, scope: Scope, what: str) -> Any:
    out: dict[str, Any] = {}
    good = True
    for key, expr in record_items(body, scope):
        value = read(sort, expr, scope, what)
        good &= not isinstance(value, Bad)
        out[key] = value
    return out if good and len(out) == len(body.items) else BAD


def _block(sort: word.Block, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    if isinstance(expr, (Name, Call, tree.Pipe)):
        return Closure(expr, scope)
    return refuse(sort, expr, scope, written, what)


def _experts(sort: word.Experts, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    experts = scope.evaluator.read_experts(expr, scope)
    return BAD if experts is None else experts


def _any_value(sort: word.AnyValue, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    value = scope.evaluator.evaluate(written, scope)
    return BAD if isinstance(value, Poison) else value


def _names(sort: word.Names, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    items = expr.items if isinstance(expr, tree.List) else [expr]
    out: dict[str, Span] = {}
    for item in items:
        if not isinstance(item, Name):
            return refuse(sort, item, scope, item, what)
        if item.text in out:
            notes = [Note(out[item.text], "first named here")]
            scope.session.error("REC106", item.span, f"`{item.text}` is named twice", "named again", notes=notes)
            return BAD
        out[item.text] = item.span
    if not 1 <= len(out) <= MAX_NAMES:
        scope.session.error("REC306", expr.span, f"`{what}` needs 1 to {MAX_NAMES:_} names", f"got {len(out):_}")
        return BAD
    return list(out)


def _embedding_set(sort: word.EmbeddingSet, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    session = scope.session
    if not isinstance(expr, Name):
        return refuse(sort, expr, scope, written, what)
    if expr.text not in session.sets or expr.text == "":
        named = [name for name in session.sets if name]
        if "embeddings" not in session.poisoned.kinds:
            places = {name: s.declared.span for name, s in session.sets.items() if s.declared}
            session.unknown("REC121", "set of embeddings", expr.text, expr.span, named, places=places.get)
        return BAD
    session.used_sets.add(expr.text)
    return expr.text


def _column_name(sort: word.ColumnName, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    column = find_column(expr, scope.session)
    return BAD if column is None else column


def _schema_name(sort: word.SchemaName, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    session = scope.session
    if not isinstance(expr, Name):
        return refuse(sort, expr, scope, written, what)
    if expr.text not in session.schemas:
        if "schema" not in session.poisoned.kinds:
            places = {name: s.span for name, s in session.schemas.items()}
            session.unknown("REC122", "schema", expr.text, expr.span, session.schemas, places=places.get)
        return BAD
    return expr.text


def _rows(sort: word.Rows, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    row = read_row(expr, scope, sort.gives, what)
    return BAD if row is None else row


def _label_name(sort: word.LabelName, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    row = read_row(expr, scope, "any", what, labels=True)
    if row is not None and not row.columns:
        scope.session.error(
            "REC412", expr.span, "this expression reads no column", "the same in every row", help=unquoted(expr)
        )
        return BAD
    return BAD if row is None else row


def _target(sort: word.Target, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    return Closure(written, scope)


def _word_of(sort: word.ComponentOf, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    called = call_of(expr)
    if called is None:
        return refuse(sort, expr, scope, written, what)
    name, args = called
    entry = registry.find(sort.kind, name.text)
    if entry is None:
        noun = sort.noun.removeprefix("a ").removeprefix("an ")
        scope.session.unknown("REC123", noun, name.text, name.span, registry.names(sort.kind), kind=sort.kind)
        return BAD
    bound = scope.evaluator.bind(entry, args, name.span, scope)
    return BAD if bound is None else (entry, bound)


def _number_or(sort: word.NumberOr, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    named = isinstance(expr, Name) and registry.find(sort.component.kind, expr.text) is not None
    if not isinstance(expr, Call) and not named:
        return read(sort.number, written, scope, what)
    found = _word_of(sort.component, expr, scope, written, what)
    if isinstance(found, Bad):
        return BAD
    entry, bound = found
    return BAD if entry.refuses(bound, scope.session) else {"name": entry.name, "config": bound.plain()}


_READERS: dict[type[Sort], Callable[[Any, Expr, Scope, Expr, str], Any]] = {
    word.Int: read_number,
    word.Float: read_number,
    word.Bool: read_bool,
    word.Text: read_text,
    word.Duration: read_duration,
    word.Literal: read_literal,
    word.Choice: read_choice,
    word.ListOf: _list_of,
    word.OneOrEach: _one_or_each,
    word.Mapping: _mapping,
    word.NumberOr: _number_or,
    word.Block: _block,
    word.Experts: _experts,
    word.AnyValue: _any_value,
    word.Names: _names,
    word.EmbeddingSet: _embedding_set,
    word.ColumnName: _column_name,
    word.SchemaName: _schema_name,
    word.Rows: _rows,
    word.LabelName: _label_name,
    word.Target: _target,
    word.ComponentOf: _word_of,
}
