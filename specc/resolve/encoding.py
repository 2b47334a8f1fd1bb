"""Encoder chains: from a stored element to a category, a number or a vector."""

from __future__ import annotations

from specc import registry
from specc.diagnostics import Note
from specc.registry.columns import Column, Encoding, Vocabulary
from specc.registry.component import BoundArguments
from specc.registry.elements import plural
from specc.registry.encoder import Encoder, EncoderContext
from specc.resolve.arguments import bind
from specc.resolve.expressions import call_of, describe, unquoted
from specc.resolve.scope import Scope
from specc.resolve.session import Session
from specc.syntax.tree import Expr
from specc.text import Span


def encode(session: Session, stages: list[Expr], column: Column) -> bool:
    """Give a column its encoders, and what they make of it; False after a diagnostic."""
    element = column.storage.element
    nullable = column.storage.nullable
    for stage in stages:
        found = _encoder(session, stage, element)
        if found is None:
            return False
        entry, bound = found
        context = EncoderContext(session, column, element)
        if not _may_stand(entry, bound.span, context, nullable) or not entry.check(bound, context):
            return False
        other = entry.shares(bound)
        if other is not None:
            share(other, column)
            return True
        nullable = nullable and not entry.handles_null
        encoding = Encoding(entry.name, bound.plain(), bound.span)
        column.encodings.append(encoding)
        if entry.gives == "category":
            size, first = entry.size(bound), entry.first(bound)
            column.gives = "category"
            column.vocabulary = Vocabulary(column.name, bound.span, encoding, size, first, distinct=entry.distinct_ids)
            column.vocabulary.columns.append(column.name)
            session.vocabularies[column.name] = column.vocabulary
        else:
            element = entry.element(bound, element)
    if column.gives is None and element in ("int", "float"):
        column.gives = "number"
    if column.gives is None:
        message, help = f"`{column.name}` is not encoded yet", "end with `vocab` or `hash(n)`"
        session.error("REC427", stages[-1].span, message, "the network cannot read strings", help=help)
    return column.gives is not None


def _encoder(session: Session, stage: Expr, element: str) -> tuple[Encoder, BoundArguments] | None:
    called = call_of(stage)
    if called is None:
        session.error("REC415", stage.span, "an encoder was expected", f"this is {describe(stage)}", help=unquoted(stage))
        return None
    name, args = called
    entry = registry.find("encoders", name.text)
    if isinstance(entry, Encoder):
        bound = bind(entry, args, name.span, Scope(session, "", ""))
        return None if bound is None else (entry, bound)
    if registry.find("ops", name.text) is not None:
        message = f"`{name.text}` is an operator of the network, and an encoder was expected"
        help = "encoders prepare columns; operators stand in towers"
        session.error("REC416", name.span, message, "not an encoder", help=help)
    else:
        known = registry.names("encoders")
        fitting = [n for n in known if element in getattr(registry.find("encoders", n), "takes", ())]
        session.unknown("REC417", "encoder", name.text, name.span, known, kind="encoders", fits=fitting.__contains__)
    return None


def _may_stand(entry: Encoder, span: Span, ctx: EncoderContext, nullable: bool) -> bool:
    """Whether an encoder takes what reaches it; if not, it is reported."""
    name, column, element = entry.name, ctx.column, ctx.element
    if column.gives == "category":
        message, label = f"`{name}` stands behind ids", "the chain ends with the encoder before"
        ctx.error("REC418", span, message, label, help="take one of them away")
    elif element not in entry.takes:
        message, label = f"`{name}` does not take {plural(element)}", f"`{column.name}` holds {plural(element)}"
        help = f"`{name}` takes {', '.join(sorted(e for e in entry.takes if e != 'text'))}"
        ctx.error("REC419", span, message, label, notes=[Note(column.storage.span, "declared so")], help=help)
    elif nullable and not entry.handles_null:
        message = f"`{name}` cannot take null, and `{column.name}` may be null"
        notes = [Note(column.storage.span, "`?` says so" if column.derived is None else "it reads what may be null")]
        help = "put `fill(...)` before it" + (", or use `vocab`" if entry.gives == "category" else "")
        ctx.error("REC426", span, message, "null would reach it", notes=notes, help=help)
    else:
        return True
    return False


def share(source: Column, column: Column) -> None:
    """Give a column the encoders of another one, and its vocabulary."""
    column.encodings = list(source.encodings)
    column.gives = source.gives
    column.vocabulary = source.vocabulary
    if source.vocabulary is not None:
        source.vocabulary.columns.append(column.name)
