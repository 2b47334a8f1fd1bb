"""The `data` block: where the schemas' rows come from, which rows are trained on, the split."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from specc import registry
from specc.diagnostics import Note
from specc.registry.columns import Column, Schema
from specc.registry.component import BoundArguments
from specc.registry.data import DataComponent, DataContext, Reader, RowRule, Split
from specc.registry.rows import Row
from specc.registry.values import ErrorValue
from specc.resolve.arguments import bind
from specc.resolve.declarations import Declared
from specc.resolve.expressions import call_of, describe, unquoted
from specc.resolve.kinds import DATA, refused
from specc.resolve.scope import Scope, follow
from specc.resolve.session import Session

RULES = {"rows": "which rows are trained on", "split": "which rows are held out"}


W = TypeVar("W", bound=DataComponent)


class ComponentCall(Generic[W]):
    """A reader, row rule or split with its arguments; `config` has them as plain data: columns by name, conditions as trees."""

    __slots__ = ("bound", "component", "config", "name", "span")

    def __init__(self, component: W, bound: BoundArguments) -> None:
        self.component = component
        self.name = component.name
        self.bound = bound
        self.span = bound.span
        self.config: dict[str, Any] = {key: _plain(getattr(bound, key)) for key in component.args}


def _plain(value: Any) -> Any:
    if isinstance(value, Column):
        return value.name
    if isinstance(value, Row):
        return value.tree
    return value


class Data:
    """The resolved block; `sources` maps a schema to its reader."""

    __slots__ = ("rows", "sources", "split")

    def __init__(self) -> None:
        self.sources: dict[str, ComponentCall[Reader]] = {}
        self.rows: ComponentCall[RowRule] | None = None
        self.split: ComponentCall[Split] | None = None


def resolve_data(session: Session) -> Data:
    """Read all keys of `data`."""
    data = Data()
    for key, declared in session.merged["data"].items():
        item = declared.item
        if item.broken or refused(item, DATA, "data", session):
            continue
        if key in RULES and _is_read(declared, session):
            continue
        if key == "rows":
            data.rows = _call(RowRule, "rows", "row rule", "REC610", declared, session)
        elif key == "split":
            data.split = _call(Split, "splits", "split", "REC611", declared, session)
        elif key in session.schemas:
            made = _call(Reader, "readers", "reader", "REC612", declared, session)
            if made is not None:
                data.sources[key] = made
        elif "schema" not in session.unreliable.kinds:
            places = {name: s.span for name, s in session.schemas.items()}
            session.unknown("REC122", "schema", key, declared.span, [*session.schemas, "rows", "split"], places=places.get)
    _check(data, session)
    return data


def _is_read(declared: Declared, session: Session) -> bool:
    """Whether a key that says something of all rows is meant to read a schema of its name, which is then reported."""
    called = call_of(declared.item.value) if declared.item.value is not None else None
    schema = session.schemas.get(declared.name)
    if schema is None or called is None or registry.find("readers", called[0].text) is None:
        return False
    session.error(
        "REC622",
        schema.span,
        f"a schema that is read cannot be called `{schema.name}`",
        f"in `data`, `{schema.name}` says {RULES[schema.name]}",
        notes=[Note(declared.span, "no place for its files")],
        help="give the schema another name",
    )
    return True


def _check(data: Data, session: Session) -> None:
    """What the components must agree with: the schemas, and each other."""
    trained = _trained(data, session)
    if isinstance(trained, ErrorValue):
        return
    readers = [call.component for name, call in data.sources.items() if session.schemas[name].key is None]
    if data.rows is not None:
        data.rows.component.check(data.rows.bound, DataContext(session, trained, readers))
    for name, source in data.sources.items():
        source.component.check(source.bound, DataContext(session, session.schemas[name], readers))
    if data.split is not None:
        data.split.component.check(data.split.bound, DataContext(session, trained, readers))


def _trained(data: Data, session: Session) -> Schema | ErrorValue | None:
    """The schema whose rows are trained on; None when that is open, `ErrorValue` after a diagnostic."""
    if data.rows is not None:
        schema = session.schemas[data.rows.bound.schema]
        if schema.key is None:
            return schema
        return session.error(
            "REC613",
            data.rows.bound.at("schema"),
            f"`{schema.name}` is an entity, and rows to train on are events",
            notes=[Note(schema.span, "declared here")],
        )
    facts = [s for s in session.schemas.values() if s.key is None and s.key_span is None]
    if len(facts) > 1 and data.sources:
        return session.error(
            "REC614",
            facts[1].span,
            "there are two schemas of rows, and nothing says which one is trained on",
            notes=[Note(facts[0].span, "the other one")],
            help=f"write `rows = each({facts[0].name})`, or give an entity its key: `schema {facts[1].name}(key=...)`",
        )
    return facts[0] if len(facts) == 1 else None


def _call(base: type[W], kind: str, noun: str, code: str, declared: Declared, session: Session) -> ComponentCall[W] | None:
    assert declared.item.value is not None
    found = follow(declared.item.value, Scope(session, "", ""))
    if found is None:
        return None
    expr, scope = found
    called = call_of(expr)
    if called is None:
        session.error(
            code,
            expr.span,
            f"a {noun} was expected",
            f"this is {describe(expr)}",
            help=unquoted(expr) or "such as " + ", ".join(f"`{n}`" for n in registry.names(kind)),
        )
        return None
    name, args = called
    entry = registry.find(kind, name.text)
    if not isinstance(entry, base):
        session.unknown(code, noun, name.text, name.span, registry.names(kind), kind=kind)
        return None
    bound = bind(entry, args, name.span, scope)
    return None if bound is None else ComponentCall(entry, bound)
