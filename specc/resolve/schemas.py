"""Resolves schemas: declares all columns, then resolves each behind those that it reads; entities have a key."""

from __future__ import annotations

from specc.registry.arg_types import ColumnName
from specc.registry.columns import Schema
from specc.registry.component import Arg, Component
from specc.resolve.arguments import bind
from specc.resolve.declarations import Declared
from specc.resolve.fields import FieldCollector
from specc.resolve.pending import Pending
from specc.resolve.references import innermost_first, names_in
from specc.resolve.scope import Scope
from specc.resolve.session import Session


class SchemaOptions(Component):
    """What stands in brackets behind a schema's name."""

    key = Arg(ColumnName(), None, "an entity: the column whose values the rows describe", named=True)


def resolve_schemas(session: Session) -> None:
    """All columns of all schemas; then derived ones, encoders and vocabularies, each when it is first needed."""
    pending = Pending(session)
    session.pending = pending
    fields = FieldCollector(session)
    for declared in session.schema_items.values():
        schema = Schema(declared.name, declared.span, None, None)
        session.schemas[declared.name] = schema
        assert declared.item.body is not None
        for item in declared.item.body.items:
            fields.declare(item, schema)
    for declared in session.schema_items.values():
        _key(declared, session)
    reads = {name: [n.text for n in names_in(item) if n.text in pending.items] for name, (item, _, _) in pending.items.items()}
    for name in innermost_first(pending.items, reads.__getitem__):
        pending.resolve(name)


def _key(declared: Declared, session: Session) -> None:
    if not declared.item.args:
        return
    schema = session.schemas[declared.name]
    scope = Scope(session, "", "")
    bound = bind(SchemaOptions(), declared.item.args, declared.span, scope, called=declared.name)
    schema.key_span = declared.span  # an entity, even when its key is wrong
    if bound is None or bound.key is None:
        return
    if bound.key.schema == schema.name:
        session.error(
            "REC410",
            bound.at("key"),
            f"the key of an entity is a column of another schema, and `{bound.key.name}` is one of `{schema.name}` itself",
            "its own column",
            help="declare the column in the schema of the rows, and only there",
        )
        return
    schema.key = bound.key.name
    schema.key_span = bound.at("key")
