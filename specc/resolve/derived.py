"""The rules of derived columns: cross, history, extract."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from specc.diagnostics import Note
from specc.registry.columns import Column, Schema, Storage
from specc.registry.values import Axis
from specc.registry.word import Bound
from specc.resolve.columns import time_column
from specc.resolve.encoding import share

if TYPE_CHECKING:
    from specc.resolve.pending import Pending

BACKTRACKING = re.compile(r"\(\?(?:[=!(>]|<[=!]|P=)|(?<!\\)(?:\\\\)*\\[1-9]")  # what polars' engine lacks


def _cross(pending: Pending, bound: Bound, column: Column, schema: Schema) -> bool:
    parts: list[Column] = bound.columns
    bags = [c for c in parts if c.shape != "scalar"]
    session = pending.session
    for place, part in enumerate(parts):
        if part.shape == "sequence" or part.storage.element in ("vector", "float", "time"):
            session.error(
                "REC440",
                bound.at(f"columns[{place}]"),
                f"`cross` joins ids, and `{part.name}` holds something else",
                "int, string or bool is needed",
                notes=[Note(part.storage.span, "declared so")],
            )
            return False
    if len(bags) > 1:
        session.error("REC440", bound.at("columns"), "`cross` takes one bag at most", f"got {len(bags)}")
        return False
    nullable = any(part.storage.nullable for part in parts)
    column.storage = Storage("string", "bag" if bags else "scalar", None, nullable, None, bound.span)
    column.shape = column.storage.shape
    column.derived = ("cross", {"columns": [part.name for part in parts]})
    return True


def _history(pending: Pending, bound: Bound, column: Column, schema: Schema) -> bool:
    session = pending.session
    parts: list[Column] = bound.columns
    for name in ("within", "lag"):
        text = getattr(bound, name)
        if text is not None and time_column(schema) is None:
            if not session.poisoned.kinds.isdisjoint(("schema", "tags")):
                return False  # it may be a column that could not be read
            session.error("REC442", bound.at(name), f"`{name}` needs a `time` column in `{schema.name}`", "there is none")
            return False
    places = [bound.at(f"columns[{place}]") for place in range(len(parts))]
    for part, span in zip([*parts, bound.by], [*places, bound.at("by")], strict=True):
        if part.schema != schema.name:
            session.error(
                "REC443",
                span,
                f"a history is made of columns of its own schema, and `{part.name}` is in `{part.schema}`",
                notes=[Note(part.span, "declared here")],
            )
            return False
    for part, span in zip([*parts, bound.by], [*places, bound.at("by")], strict=True):
        if part.shape != "scalar" or part.storage.element == "vector":
            session.error(
                "REC444",
                span,
                f"a history collects single values, and `{part.name}` has many in a row",
                notes=[Note(part.span, "declared here")],
            )
            return False
    time = time_column(schema)
    config = {
        "columns": [part.name for part in parts],
        "by": bound.by.name,
        "last": bound.last,
        "where": bound.where.tree if bound.where else None,
        "within": bound.within,
        "lag": bound.lag,
        "order": time.name if time else None,
    }
    if len(parts) > 1:
        return _fields(pending, parts, bound, column, schema, config)
    _sequence(column, parts[0], Axis(column.name, bound.last), bound, config)
    share(parts[0], column)
    return True


def _sequence(column: Column, part: Column, axis: Axis, bound: Bound, config: dict[str, object]) -> None:
    column.storage = Storage(part.storage.element, "sequence", bound.last, False, None, bound.span)
    column.shape, column.axis = "sequence", axis
    column.derived = ("history", {**config, "column": part.name})


def _fields(
    pending: Pending, parts: list[Column], bound: Bound, column: Column, schema: Schema, config: dict[str, object]
) -> bool:
    """Several columns: a group of that name, with a field for each."""
    session = pending.session
    axis = Axis(column.name, bound.last)
    session.groups[column.name] = []
    item, _, _ = pending.items[column.name]
    for part in parts:
        field = Column(f"{column.name}.{part.name}", schema.name, column.span, part.storage)
        _sequence(field, part, axis, bound, config)
        share(part, field)
        field.tags = {tag.name: tag.span for tag in item.tags}
        session.columns[field.name] = field
        schema.columns[field.name] = field
        pending.items[field.name] = (item, schema, field)
        pending.state[field.name] = "done"
        session.groups[column.name].append(field.name)
    session.columns.pop(column.name, None)
    schema.columns.pop(column.name, None)
    column.storage = Storage("vector", "scalar", None, False, None, bound.span)
    return True


def _extract(pending: Pending, bound: Bound, column: Column, schema: Schema) -> bool:
    session = pending.session
    source: Column = bound.column
    if source.storage.element != "string" or source.shape != "scalar":
        session.error(
            "REC445",
            bound.at("column"),
            f"`extract` reads a string column, and `{source.name}` is none",
            notes=[Note(source.span, "declared here")],
        )
        return False
    try:
        groups = re.compile(bound.pattern).groups
    except (re.error, OverflowError, RecursionError) as error:
        why = str(error) if isinstance(error, re.error) else "too large"
        session.error("REC446", bound.at("pattern"), "this is no regular expression", why)
        return False
    if groups != 1:
        session.error(
            "REC446",
            bound.at("pattern"),
            "`extract` needs a pattern with one group",
            f"this one has {groups}",
            help='such as "\\((\\d{4})\\)"',
        )
        return False
    if wrong := BACKTRACKING.search(bound.pattern):
        session.error(
            "REC446",
            bound.at("pattern"),
            f"`extract` does not take `{wrong[0]}` in a pattern",
            "look-around or a back reference",
            help="patterns are matched in linear time, by Rust's regex, which has neither",
        )
        return False
    column.storage = Storage("text", "scalar", None, source.storage.nullable, None, bound.span)
    column.derived = ("extract", {"column": source.name, "pattern": bound.pattern})
    return True


RULES: dict[str, Callable[[Pending, Bound, Column, Schema], bool]] = {"cross": _cross, "history": _history, "extract": _extract}
