"""What the rows and the split of `data` must agree with: the schemas, and each other."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from specc.diagnostics import Note
from specc.registry.columns import Column, Schema
from specc.resolve.session import Session
from specc.text import Span

if TYPE_CHECKING:
    from specc.resolve.sources import Call, Data


def check_data(data: Data, session: Session) -> None:
    """Report what does not fit."""
    facts = [s for s in session.schemas.values() if s.key is None and s.key_span is None]
    trained = facts[0] if len(facts) == 1 else None
    if data.rows is not None:
        trained = session.schemas.get(data.rows.config["schema"])
        if trained is not None and trained.key is not None:
            session.error(
                "REC613",
                data.rows.spans["schema"],
                f"`{trained.name}` is an entity, and rows to train on are events",
                notes=[Note(trained.span, "declared here")],
            )
            return
        if data.rows.name == "last":
            _divides(data.rows, "by", trained, session)
    elif len(facts) > 1 and data.sources:
        session.error(
            "REC614",
            facts[1].span,
            "there are two schemas of rows, and nothing says which one is trained on",
            notes=[Note(facts[0].span, "the other one")],
            help=f"write `rows = each({facts[0].name})`, or give an entity its key: `schema {facts[1].name}(key=...)`",
        )
        return
    for name, source in data.sources.items():
        _separated(source, session.schemas[name], session)
        _markers(source, session)
    if data.split is not None:
        _split(data.split, data, trained, session)


def _split(split: Call, data: Data, trained: Schema | None, session: Session) -> None:
    config = split.config
    if split.name == "random" and config["valid"] + config["test"] >= 1:
        share = f"valid and test are {config['valid'] + config['test']:g} of the rows"
        session.error("REC615", split.span, "nothing is left to train on", share)
    elif split.name == "files":
        _files(split, data, session)
    elif split.name == "leave_last":
        _divides(split, "by", trained, session)
    elif split.name == "by_time" and _divides(split, "column", trained, session):
        _times(split, session.columns[config["column"]], session)


def _divides(call: Call, key: str, trained: Schema | None, session: Session) -> bool:
    """Whether a column has one value in each of the rows that are divided by it."""
    column = session.columns.get(call.config[key])
    if column is None:
        return False
    notes = [Note(column.span, "declared here")]
    if column.shape != "scalar" or column.storage.element == "vector":
        message = f"`{call.name}` divides rows by one value each, and `{column.name}` has many in a row"
    elif trained is not None and column.schema != trained.name:
        message = f"`{call.name}` divides the rows of `{trained.name}`, and `{column.name}` is a column of `{column.schema}`"
    else:
        return True
    session.error("REC620", call.spans[key], message, notes=notes)
    return False


def _files(split: Call, data: Data, session: Session) -> None:
    share = split.config["valid"]
    if not isinstance(share, str) and (isinstance(share, bool) or not 0 < share < 1 or split.config["test"] is None):
        message = "`valid` is a file, or a share of the rows of the test files"
        session.error("REC619", split.spans["valid"], message, "a share is between 0 and 1, and needs `test=`")
    readers = {call.name for name, call in data.sources.items() if session.schemas[name].key is None}
    if "dataset" in readers:
        session.error("REC616", split.span, "`files` splits by file, and `dataset` has none")


def _times(split: Call, column: Column, session: Session) -> None:
    given = {key: split.config[key] for key in ("train", "valid", "test") if split.config[key] is not None}
    element = column.storage.element
    notes = [Note(column.storage.span, "declared so")]
    for key, value in given.items():
        span: Span = split.spans[key]
        if element in ("string", "text", "time") and not isinstance(value, str):
            share = not isinstance(value, bool) and 0 < value < 1
            help = f"`{key}` is where these rows begin; a share of the rows is `random({key}={value:g})`" if share else ()
            message = f"`{column.name}` is compared with a string"
            session.error("REC617", span, message, 'write dates as "2024-05-01"', notes=notes, help=help)
        elif element in ("int", "float") and isinstance(value, (str, bool)):
            session.error(
                "REC617", span, f"`{column.name}` holds numbers, and is compared with one", "this is none", notes=notes
            )
        elif element == "time" and not _is_date(value):
            session.error("REC617", span, "this is no date", 'write it as "2024-05-01" or "2024-05-01 12:30:00"', notes=notes)
        else:
            continue
        return
    pairs = pairwise(given.items())
    late = next((key for (_, a), (key, b) in pairs if isinstance(a, str) == isinstance(b, str) and a >= b), None)
    if late is not None:
        message = "train, valid and test must come one after the other"
        session.error("REC618", split.spans[late], message, "not after the one before")


def _is_date(value: Any) -> bool:
    from datetime import datetime

    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _separated(source: Call, schema: Schema, session: Session) -> None:
    """`separate=` is for the columns of the schema that hold several values, `sep=` is one character."""
    sep = source.config.get("sep")
    if sep is not None and (len(sep) != 1 or not sep.isascii() or sep in '\n\r"'):
        session.error("REC308", source.spans["sep"], "`sep` must be one ASCII character", 'such as "," or "\\t"')
    for name in source.config.get("separate") or ():
        column = schema.columns.get(name)
        if column is None:
            known = [c.name for c in schema.columns.values() if c.shape != "scalar"]
            message = f"`{schema.name}` has no column `{name}`"
            session.unknown("REC118", "column", name, source.spans["separate"], known, message=message, label="named in here")
        elif column.shape == "scalar":
            message = f"`separate` parts the values of bags and sequences, and `{name}` has one value in a row"
            session.error(
                "REC621", source.spans["separate"], message, "named in here", notes=[Note(column.span, "declared here")]
            )


def _markers(source: Call, session: Session) -> None:
    """`null=` is text that a field can be."""
    for marker in source.config.get("null") or ():
        message, label, help = "", "", ""
        if not marker.strip():
            message, label = "an empty field needs no `null`", "it is missing already"
            help = "a column `string` reads it as an empty text, and `string?` as a missing value"
        elif marker != marker.strip():
            message, label = "blanks around a field are dropped, so `null` has none, either", f'write "{marker.strip()}"'
        if message:
            session.error("REC308", source.spans["null"], message, label, help=help)
            return
