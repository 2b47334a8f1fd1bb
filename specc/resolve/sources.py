"""The `data` block: where the schemas' rows come from, which rows are trained on, the split."""

from __future__ import annotations

from typing import Any

from specc import registry
from specc.diagnostics import Note
from specc.registry.columns import Column
from specc.registry.word import Bound
from specc.resolve.arguments import bind
from specc.resolve.declarations import Declared
from specc.resolve.expressions import call_of, describe, unquoted
from specc.resolve.kinds import DATA, refused
from specc.resolve.rows import Row
from specc.resolve.scope import Scope, follow
from specc.resolve.session import Session
from specc.resolve.splitting import check_data
from specc.text import Span

RULES = {"rows": "which rows are trained on", "split": "which rows are held out"}


class Call:
    """A reader, row rule or split with its arguments as plain data (columns by name, conditions as trees)."""

    __slots__ = ("config", "name", "span", "spans")

    def __init__(self, name: str, bound: Bound, keys: list[str]) -> None:
        self.name = name
        self.span = bound.span
        self.config: dict[str, Any] = {key: _plain(getattr(bound, key)) for key in keys}
        self.spans: dict[str, Span] = {key: bound.at(key) for key in keys}


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
        self.sources: dict[str, Call] = {}
        self.rows: Call | None = None
        self.split: Call | None = None


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
            data.rows = _call("rows", "row rule", "REC610", declared, session)
        elif key == "split":
            data.split = _call("splits", "split", "REC611", declared, session)
        elif key in session.schemas:
            made = _call("readers", "reader", "REC612", declared, session)
            if made is not None:
                data.sources[key] = made
        elif "schema" not in session.poisoned.kinds:
            places = {name: s.span for name, s in session.schemas.items()}
            session.unknown("REC122", "schema", key, declared.span, [*session.schemas, "rows", "split"], places=places.get)
    check_data(data, session)
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


def _call(kind: str, noun: str, code: str, declared: Declared, session: Session) -> Call | None:
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
    if entry is None:
        session.unknown(code, noun, name.text, name.span, registry.names(kind), kind=kind)
        return None
    bound = bind(entry, args, name.span, scope)
    return None if bound is None else Call(entry.name, bound, list(entry.args))
