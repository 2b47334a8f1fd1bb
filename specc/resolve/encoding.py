"""Encoder chains: from a stored element to a category, a number or a vector."""

from __future__ import annotations

from typing import Any, Literal

from specc import registry
from specc.diagnostics import Note
from specc.registry.columns import Column, Encoding, Vocabulary
from specc.registry.encoder import Encoder
from specc.resolve.arguments import bind
from specc.resolve.expressions import call_of, describe, unquoted
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
            session.error("REC415", stage.span, "an encoder was expected", f"this is {describe(stage)}", help=unquoted(stage))
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
                known = registry.names("encoders")
                fitting = [n for n in known if element in getattr(registry.find("encoders", n), "takes", ())]
                session.unknown("REC417", "encoder", name.text, name.span, known, kind="encoders", fits=fitting.__contains__)
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
                f"`{name.text}` does not take {_elements(element)}",
                f"`{column.name}` holds {_elements(element)}",
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
        if not _check(session, entry, bound, column, element):
            return False
        nullable = nullable and not entry.handles_null
        if entry.name == "same":
            return _same(session, bound, column)
        config = bound.plain()
        column.encodings.append(Encoding(entry.name, config, name.span))
        if entry.gives == "category":
            gives = "category"
            size = entry.size(bound)
            column.vocabulary = Vocabulary(column.name, name.span, column.encodings[-1], size, entry.first(bound))
            session.vocabularies[column.name] = column.vocabulary
            column.vocabulary.columns.append(column.name)
        elif entry.gives == "number":
            gives, element = "number", "float"
        elif element == "text":
            element = "string" if isinstance(bound.value, str) else "float"
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


def _check(session: Session, entry: Encoder, bound: Any, column: Column, element: str) -> bool:
    """What a single argument's sort cannot say."""
    if entry.name == "buckets" and any(a >= b for a, b in zip(bound.bounds, bound.bounds[1:], strict=False)):
        place = next(i for i, (a, b) in enumerate(zip(bound.bounds, bound.bounds[1:], strict=False), 1) if a >= b)
        label = "not above the one before"
        session.error("REC428", bound.at(f"bounds[{place}]"), "the bounds of `buckets` must rise", label)
        return False
    if entry.name == "clip" and bound.low >= bound.high:
        session.error(
            "REC428",
            bound.at("low"),
            "`clip` needs a low bound below the high one",
            f"{bound.low:g} is not below {bound.high:g}",
        )
        return False
    if entry.name == "fill" and not _holds(element, bound.value):
        notes = [Note(column.storage.span, "declared so")]
        message = f"`{column.name}` holds {_elements(element)}, and this value is of another kind"
        session.error("REC307", bound.at("value"), message, "not of the column's kind", notes=notes)
        return False
    if entry.name == "vocab" and bound.values is not None:
        for wrong in ("min_count", "max_size"):
            if bound.given(wrong):
                session.error(
                    "REC429", bound.at(wrong), f"`{wrong}` belongs to a learned vocabulary", "these values are listed"
                )
                return False
        if len(set(map(repr, bound.values))) < len(bound.values):
            values = list(map(repr, bound.values))
            again = next(i for i, text in enumerate(values) if text in values[:i])
            notes = [Note(bound.at(f"values[{values.index(values[again])}]"), "first listed here")]
            session.error("REC106", bound.at(f"values[{again}]"), "a value is listed twice", "listed again", notes=notes)
            return False
        misfit = next((i for i, value in enumerate(bound.values) if not _holds(element, value)), None)
        if misfit is not None:
            notes = [Note(column.storage.span, "declared so")]
            message = f"`{column.name}` holds {_elements(element)}, and this value is of another kind"
            session.error("REC307", bound.at(f"values[{misfit}]"), message, "never in the data", notes=notes)
            return False
    return True


def _same(session: Session, bound: Any, column: Column) -> bool:
    other: Column = bound.column
    if other.vocabulary is None:
        session.error(
            "REC430",
            bound.at("column"),
            f"`{other.name}` has no vocabulary to share",
            "not a category",
            notes=[Note(other.span, "declared here")],
        )
        return False
    mine, theirs = column.storage.element, other.storage.element
    if mine != theirs:
        session.error(
            "REC431",
            bound.at("column"),
            f"`{column.name}` holds {_elements(mine)}, and `{other.name}` {_elements(theirs)}",
            "a shared vocabulary needs one kind of value",
            notes=[Note(other.storage.span, "declared here")],
        )
        return False
    share(other, column)
    return True


def _holds(element: str, value: object) -> bool:
    """Whether a column can hold a value."""
    if element not in ("int", "float", "bool", "string"):
        return True  # the text that `extract` gives is read as what stands behind it asks for
    if isinstance(value, bool):
        return element == "bool"
    if isinstance(value, int):
        return element in ("int", "float")
    return element == ("float" if isinstance(value, float) else "string")


def share(source: Column, column: Column) -> None:
    """Give a column the encoders of another one, and its vocabulary."""
    column.encodings = list(source.encodings)
    column.gives = source.gives
    column.vocabulary = source.vocabulary
    if source.vocabulary is not None:
        source.vocabulary.columns.append(column.name)


def _elements(element: str) -> str:
    return {
        "int": "whole numbers",
        "float": "numbers",
        "string": "strings",
        "bool": "truth values",
        "time": "times",
        "text": "text",
        "vector": "vectors",
    }[element]
