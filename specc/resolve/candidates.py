"""The candidates of a retrieval loss: a column's table, or a tower over the columns of an entity."""

from __future__ import annotations

from specc.diagnostics import Note
from specc.registry.columns import Column
from specc.registry.loss import Candidates
from specc.registry.values import Feature, ListValue, Value, Vector
from specc.resolve.nearest import listing
from specc.resolve.scope import Scope
from specc.resolve.session import Session
from specc.resolve.tables import embed
from specc.text import Span


def _is_id(value: Value) -> bool:
    """Whether a value is a column with one id in a row."""
    return isinstance(value, Feature) and value.column.gives == "category" and value.column.shape == "scalar"


def find_candidates(value: Value, span: Span, scope: Scope) -> Candidates | None:
    """The candidates that a column or a tower stands for; None after a diagnostic."""
    session = scope.session
    if isinstance(value, ListValue):
        if len(value.items) != 1:
            names = [item.name for item in sorted(value.items, key=lambda item: not _is_id(item))]
            session.error("REC523", span, "the candidates are one column", f"this selects {len(names)}: {listing(names, 6)}")
            return None
        value = value.items[0]
    if isinstance(value, Feature):
        column = value.column
        if not _is_id(value):
            session.error(
                "REC524",
                span,
                "a candidate column holds one id a row",
                f"`{column.name}` is {value}",
                notes=[Note(column.span, "declared here")],
            )
            return None
        if not _countable(column, span, session):
            return None
        vectors = embed(scope, span, value, None, None)
        if not isinstance(vectors, Vector):
            return None
        entity = next((s.name for s in session.schemas.values() if s.key == column.name), None)
        return Candidates(column, vectors, entity)
    if not isinstance(value, Vector):
        session.error("REC525", span, "candidates are a column or a tower that gives vectors", f"this is {value}")
        return None
    read = columns_behind(value.node, session)
    entities = {column.schema for column in read if session.schemas[column.schema].key}
    keys = {session.schemas[name].key for name in entities}
    owner = next(iter(entities), None)
    strangers = [c for c in read if c.schema not in entities and c.name not in keys]
    if owner is None and len(read) == 1 and read[0].gives == "category" and read[0].shape == "scalar":
        return Candidates(read[0], value, None) if _countable(read[0], span, session) else None
    if len(entities) != 1 or strangers:
        wrong = strangers[0] if strangers else next(iter(read), None)
        notes = [Note(wrong.span, f"`{wrong.name}` is a column of `{wrong.schema}`")] if wrong else []
        session.error(
            "REC526",
            span,
            "a tower of candidates reads the columns of one entity, and its key",
            "it also reads others" if strangers else "it reads no entity",
            notes=notes,
            help="an entity is declared as `schema items(key=item_id) { ... }`",
        )
        return None
    assert owner is not None
    key = session.schemas[owner].key
    assert key is not None
    column = session.columns[key]
    if column.gives != "category":
        session.error(
            "REC524",
            span,
            "a candidate column holds one id a row",
            f"`{column.name}` has no encoder",
            notes=[Note(column.span, "declared here")],
        )
        return None
    return Candidates(column, value, owner) if _countable(column, span, session) else None


def _countable(column: Column, span: Span, session: Session) -> bool:
    assert column.vocabulary is not None
    if not column.vocabulary.distinct:
        name = column.vocabulary.encoding.name
        session.error(
            "REC527",
            span,
            f"`{column.name}` cannot be ranked: `{name}` makes one id of several values",
            "not a set of candidates",
            notes=[Note(column.vocabulary.span, "encoded here")],
            help="encode candidates with `vocab` or `index(n)`",
        )
        return False
    return True


def columns_behind(node: str, session: Session) -> list[Column]:
    """The columns that a node reads, through the graph."""
    out: dict[str, Column] = {}
    stack, seen = [node], set()
    while stack:
        name = stack.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in session.nodes:
            for role in session.nodes[name].inputs.values():
                stack.extend(role if isinstance(role, list) else [role])
        elif name in session.columns:
            out[name] = session.columns[name]
    return [column for column in session.columns.values() if column.name in out]
