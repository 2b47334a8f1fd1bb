"""Encoder chains: from a stored element to a category, a number or a vector."""

from __future__ import annotations

from typing import Literal

from specc import registry
from specc.diagnostics import Note
from specc.registry.columns import Column, Encoding, Vocabulary
from specc.registry.elements import plural
from specc.registry.encoder import Encoder, EncoderContext
from specc.resolve.arguments import bind
from specc.resolve.expressions import call_of, describe
from specc.resolve.scope import Scope
from specc.resolve.session import Session
from specc.syntax.tree import Expr


def encode(session: Session, stages: list[Expr], column: Column) -> bool:
    """Give a column its encoders, and what they make of it; False after a diagnostic."""
    element = column.storage.element
    nullable = column.storage.nullable
    gives: Literal["category", "number", "vector"] | None = None
    for stage in stages:
        called = call_of(stage)
        if called is None:
            session.error("REC415", stage.span, "an encoder was expected", f"this is {describe(stage)}")
            return False
        name, args = called
        entry = registry.find("encoders", name.text)
        if not isinstance(entry, Encoder):
            hint = "" if registry.find("ops", name.text) is None else "operator"
            if hint:
                session.error(
                    "REC416",
                    name.span,
                    f"`{name.text}` is an operator of the network, and an encoder was expected",
                    "not an encoder",
                    help="encoders prepare columns; operators stand in towers",
                )
            else:
                session.unknown("REC417", "encoder", name.text, name.span, registry.names("encoders"))
            return False
        bound = bind(entry, args, name.span, Scope(session, "", ""))
        if bound is None:
            return False
        if gives == "category":
            session.error(
                "REC418",
                name.span,
                f"`{name.text}` stands behind ids",
                "the chain ends with the encoder before",
                help="take one of them away",
            )
            return False
        if element not in entry.takes:
            session.error(
                "REC419",
                name.span,
                f"`{name.text}` does not take {plural(element)}",
                f"`{column.name}` holds {plural(element)}",
                notes=[Note(column.storage.span, "declared so")],
                help=f"`{name.text}` takes {', '.join(sorted(e for e in entry.takes if e != 'text'))}",
            )
            return False
        if nullable and not entry.handles_null:
            session.error(
                "REC426",
                name.span,
                f"`{name.text}` cannot take null, and `{column.name}` may be null",
                "null would reach it",
                notes=[Note(column.storage.span, "`?` says so" if column.derived is None else "it reads what may be null")],
                help="put `fill(...)` before it" + (", or use `vocab`" if entry.gives == "category" else ""),
            )
            return False
        if not entry.check(bound, EncoderContext(session, column, element)):
            return False
        other = entry.shares(bound)
        if other is not None:
            share(other, column)
            return True
        nullable = nullable and not entry.handles_null
        config = bound.plain()
        column.encodings.append(Encoding(entry.name, config, name.span))
        if entry.gives == "category":
            gives = "category"
            encoding, size, first = column.encodings[-1], entry.size(bound), entry.first(bound)
            column.vocabulary = Vocabulary(column.name, name.span, encoding, size, first, distinct=entry.distinct_ids)
            session.vocabularies[column.name] = column.vocabulary
            column.vocabulary.columns.append(column.name)
            continue
        if entry.gives == "number":
            gives = "number"
        element = entry.element(bound, element)
    if gives is None and element in ("int", "float"):
        gives = "number"
    if gives is None:
        session.error(
            "REC427",
            stages[-1].span,
            f"`{column.name}` is not encoded yet",
            "the network cannot read strings",
            help="end with `vocab` or `hash(n)`",
        )
        return False
    column.gives = gives
    return True


def share(source: Column, column: Column) -> None:
    """Give a column the encoders of another one, and its vocabulary."""
    column.encodings = list(source.encodings)
    column.gives = source.gives
    column.vocabulary = source.vocabulary
    if source.vocabulary is not None:
        source.vocabulary.columns.append(column.name)
