"""The `data` block: where the schemas' rows come from, which rows are trained on, the split."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from specc.diagnostics import Note
from specc.library import registry
from specc.library.columns import Column
from specc.library.word import Bound
from specc.resolve.arguments import bind, call_of, describe
from specc.resolve.kinds import DATA, refused
from specc.resolve.rows import Row
from specc.resolve.scope import Scope, follow
from specc.resolve.session import Declared, Session
from specc.text import Span


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
        if key == "rows":
            data.rows = _call("rows", "row rule", "REC610", declared, session)
        elif key == "split":
            data.split = _call("splits", "split", "REC611", declared, session)
        elif key in session.schemas:
            made = _call("readers", "reader", "REC612", declared, session)
            if made is not None:
                data.sources[key] = made
        elif "schema" not in session.lost:
            places = {name: s.span for name, s in session.schemas.items()}
            session.unknown("REC122", "schema", key, declared.span, [*session.schemas, "rows", "split"], places=places.get)
    _consistent(data, session)
    return data


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
            help="such as " + ", ".join(f"`{n}`" for n in registry.names(kind)),
        )
        return None
    name, args = called
    entry = registry.find(kind, name.text)
    if entry is None:
        session.unknown(code, noun, name.text, name.span, registry.names(kind))
        return None
    bound = bind(entry, args, name.span, scope)
    return None if bound is None else Call(entry.name, bound, list(entry.args))


def _consistent(data: Data, session: Session) -> None:
    facts = [s for s in session.schemas.values() if s.key is None and s.key_span is None]
    if data.rows is not None:
        schema = session.schemas.get(data.rows.config["schema"])
        if schema is not None and schema.key is not None:
            session.error(
                "REC613",
                data.rows.spans["schema"],
                f"`{schema.name}` is an entity, and rows to train on are events",
                notes=[Note(schema.span, "declared here")],
            )
    elif len(facts) > 1 and data.sources:
        session.error(
            "REC614",
            facts[1].span,
            "there are two schemas of rows, and nothing says which one is trained on",
            notes=[Note(facts[0].span, "the other one")],
            help=f"write `rows = each({facts[0].name})`, or give the entity its `key=`",
        )
    split = data.split
    if split is None:
        return
    if split.name == "random" and split.config["valid"] + split.config["test"] >= 1:
        session.error(
            "REC615",
            split.span,
            "nothing is left to train on",
            f"valid and test are {split.config['valid'] + split.config['test']:g} of the rows",
        )
    if split.name == "files" and not isinstance(split.config["valid"], str):
        share = split.config["valid"]
        if isinstance(share, bool) or not 0 < share < 1 or split.config["test"] is None:
            session.error(
                "REC619",
                split.spans["valid"],
                "`valid` is a file, or a share of the rows of the test files",
                "a share is between 0 and 1, and needs `test=`",
            )
    if split.name == "files" and data.sources:
        readers = {c.name for s, c in data.sources.items() if session.schemas[s].key is None}
        if "dataset" in readers:
            session.error("REC616", split.span, "`files` splits by file, and `dataset` has none")
    if split.name == "by_time":
        column = session.columns.get(split.config["column"])
        bounds = [b for b in (split.config["train"], split.config["valid"], split.config["test"]) if b is not None]
        if column is not None and column.storage.element in ("string", "time") and any(not isinstance(b, str) for b in bounds):
            session.error(
                "REC617", split.spans["column"], f"`{column.name}` is compared with strings", 'write dates as "2024-05-01"'
            )
        elif (
            column is not None
            and column.storage.element in ("int", "float")
            and any(isinstance(b, (str, bool)) for b in bounds)
        ):
            session.error("REC617", split.spans["column"], f"`{column.name}` is a number, and is compared with numbers")
        elif len({isinstance(b, str) for b in bounds}) == 1 and any(a >= b for a, b in pairwise(bounds)):
            session.error("REC618", split.span, "train, valid and test must come one after the other", "not in this order")
