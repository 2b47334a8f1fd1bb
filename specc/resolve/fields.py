"""Collects the fields of a schema's body: columns, labels, ranges of columns and groups of events."""

from __future__ import annotations

import re

from specc.diagnostics import Note
from specc.registry.arg_types import Int
from specc.registry.columns import Axis, Column, Schema, Storage
from specc.registry.common import MAX_COLUMNS, MAX_COLUMNS_IN_ALL, MAX_STEPS
from specc.resolve.argument_values import read
from specc.resolve.expressions import BAD, call_of
from specc.resolve.kinds import kind_of
from specc.resolve.scope import Scope
from specc.resolve.session import Session
from specc.syntax.tree import Item, Name, Range
from specc.text import Span


class FieldCollector:
    """Declares columns: names and tags are checked here, what the columns hold is resolved later."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.items = session.pending.items
        self.full = False  # there were too many

    def declare(self, item: Item, schema: Schema) -> None:
        """Take an item of a schema's body: one column, a label, a range of columns, or a group of events."""
        head = item.head
        if item.broken:
            self._mark_unreliable(item)
            return
        is_label = len(head) == 2 and isinstance(head[0], Name) and head[0].text == "label"
        subject = head[-1] if is_label or len(head) == 1 else None
        if len(self.items) >= MAX_COLUMNS_IN_ALL:
            self._too_many(item)
            return
        if isinstance(subject, Range) and not is_label:
            for name in self._range(subject):
                self._add(name, item, schema, subject.span, False)
            return
        if not isinstance(subject, Name) or item.args is not None or item.within is not None:
            self._misformed(item)
            return
        if item.body is not None:
            self._events(item, subject, schema)
            return
        if item.sign is None or item.value is None:
            self._misformed(item)
            return
        self._add(subject.text, item, schema, subject.span, is_label)

    def _too_many(self, item: Item) -> None:
        if not self.full:
            message, help = (
                f"a spec has at most {MAX_COLUMNS_IN_ALL:_} columns",
                "store many numbers as one column: `vector(n)`",
            )
            self.session.error("REC909", item.head[0].span, message, "there are more from here on", help=help)
            self.session.unreliable.kinds.update(("schema", "tags"))
            self.session.overflowed = True  # nothing is evaluated with part of the columns
        self.full = True

    def _mark_unreliable(self, item: Item) -> None:
        """What an item that is not read would have declared: its name and its tags, as far as they can be seen."""
        session = self.session
        session.unreliable.kinds.add("tags")
        names = [part.text for part in item.head if isinstance(part, Name)]
        if not names:
            session.unreliable.kinds.add("schema")
        session.unreliable.names.update(names, (f"@{tag.name}" for tag in item.tags))

    def _misformed(self, item: Item) -> None:
        self._mark_unreliable(item)
        if kind_of(item) == "seq" and item.args:
            named = f"write `name : seq({item.args[0].span.text}) {{ ... }}`"
            self.session.error("REC401", item.head[0].span, "this group of events has no name", help=named)
            return
        written = "name : storage -> encoder  @tag"
        help = [f"write `{written}`, or `name = derivation`"]
        if len(item.head) == 1 and item.args is None and item.within is None and item.sign is None:
            help.append(
                "one column a line: several of one kind are a range of numbered names, `I1..I13 : int`, or lines of their own"
            )
        self.session.error(
            "REC401",
            item.head[0].span,
            "a column is not written like this",
            help=help,
        )

    def _range(self, span: Range) -> list[str]:
        session = self.session
        ends = [re.fullmatch(r"(\w*[^\W\d]|)(\d+)", e.text) if isinstance(e, Name) else None for e in (span.low, span.high)]
        low, high = ends
        if not low or not high or low[1] != high[1] or len(low[2]) > 6 or len(high[2]) > 6:
            session.error("REC402", span.span, "a range of columns counts up", "names such as `I1..I13` are expected")
            return []
        first, last = int(low[2]), int(high[2])
        if first >= last or last - first >= MAX_COLUMNS:
            session.error("REC402", span.span, "a range of columns counts up", f"this one goes from {first} to {last}")
            return []
        padded = len(low[2]) if low[2].startswith("0") else 0
        return [f"{low[1]}{number:0{padded}d}" for number in range(first, last + 1)]

    def _add(self, name: str, item: Item, schema: Schema, span: Span, is_label: bool) -> Column | None:
        session = self.session
        if name in session.groups:
            help = "give one of them another name, or remove it"
            session.error("REC106", span, f"`{name}` is declared twice", "the name of a group of events, too", help=help)
            return None
        first = self.items.get(name)
        other = None if is_label or first else session.values.get(name)  # a label may be named like a head, and mostly is
        if first is not None or other is not None:
            hint = "give one of them another name, or remove it"
            if first is not None and first[2].is_label != is_label:
                hint = "a label may not be named like a column"
            elif first is not None and first[1] is not schema:
                hint = f"the key of an entity, as in `schema {schema.name}(key={name})`, is declared by the rows alone"
            place = first[2].span if first is not None else span
            again = span if first is not None or other is None else other.span
            session.error(
                "REC106",
                again,
                f"`{name}` is declared twice",
                "declared again",
                notes=[Note(place, "first declared here")],
                help=hint,
            )
            if first is not None:
                return None
            session.values.pop(name)
            session.unreliable.names.add(name)  # where it is used, the other one may be meant
        column = Column(name, schema.name, span, Storage("float", "scalar", None, False, None, span))
        column.is_label = is_label
        self.items[name] = (item, schema, column)
        schema.columns[name] = column
        if is_label:
            session.labels[name] = column
        else:
            session.columns[name] = column
        return column

    def _events(self, item: Item, subject: Name, schema: Schema) -> None:
        """`clicks : seq(50) @history { item : string -> same(item_id) ... }`: fields on one axis."""
        session = self.session
        called = call_of(item.value) if item.value else None
        if item.sign != ":" or called is None or called[0].text != "seq" or not called[1]:
            session.error(
                "REC403",
                item.head[0].span,
                "only a sequence has fields",
                help="write `name : seq(50) { field : storage -> encoder }`",
            )
            self._mark_unreliable(item)
            return
        length = read(Int(1, MAX_STEPS), called[1][0].value, Scope(session, "", ""), "length of the sequence")
        if length is BAD or len(called[1]) > 1:
            if length is not BAD:
                session.error(
                    "REC302", called[1][1].span, "too many arguments for `seq`", "a sequence with fields takes its length"
                )
            self._mark_unreliable(item)
            return
        taken = self.items[subject.text][2].span if subject.text in self.items else session.place(subject.text)
        if taken is not None or subject.text in session.groups:
            notes = [Note(taken, "first declared here")] if taken is not None else []
            help = "give one of them another name, or remove it"
            session.error(
                "REC106", subject.span, f"`{subject.text}` is declared twice", "declared again", notes=notes, help=help
            )
            return
        axis = Axis(subject.text, length)
        session.groups[subject.text] = []
        assert item.body is not None
        for field in item.body.items:
            if (
                field.broken
                or len(field.head) != 1
                or not isinstance(field.head[0], Name)
                or field.sign != ":"
                or field.value is None
            ):
                if not field.broken:
                    self._misformed(field)
                session.unreliable.names.add(subject.text)
                continue
            name = f"{subject.text}.{field.head[0].text}"
            column = self._add(name, field, schema, field.head[0].span, False)
            if column is not None:
                column.axis = axis
                column.tags |= {tag.name: tag.span for tag in item.tags}
                session.groups[subject.text].append(name)
