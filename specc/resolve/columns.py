"""Resolves schemas: storage, encoder chains, derived columns, event groups, entities and the vocabularies they share."""

from __future__ import annotations

import re

from specc.diagnostics import Note
from specc.library import registry
from specc.library.columns import Column, Schema, Storage
from specc.library.common import MAX_COLUMNS, MAX_COLUMNS_IN_ALL, MAX_STEPS
from specc.library.encoder import Derivation
from specc.library.values import Axis
from specc.library.word import Arg, ColumnName, Int, Word
from specc.resolve.arguments import bind
from specc.resolve.encoding import encode
from specc.resolve.expressions import BAD, call_of, describe
from specc.resolve.references import innermost_first, names_in
from specc.resolve.rows import read_row
from specc.resolve.scope import Scope
from specc.resolve.session import Declared, Session
from specc.resolve.sorts import read
from specc.resolve.storages import read_storage
from specc.syntax import tree
from specc.syntax.tree import Expr, Field, Item, Missing, Name, Pipe, Range, Tag
from specc.text import Span

MAX_OPEN = 50  # columns that wait for each other: they are taken innermost first, so that only a circle is longer


class SchemaOptions(Word):
    """What stands in brackets behind a schema's name."""

    key = Arg(ColumnName(), None, "an entity: the column whose values the rows describe", named=True)


def resolve_schemas(session: Session) -> None:
    """All columns of all schemas; then derived ones, encoders and vocabularies, each when it is first needed."""
    pending = Pending(session)
    session.pending = pending
    for declared in session.schema_items.values():
        schema = Schema(declared.name, declared.span, None, None)
        session.schemas[declared.name] = schema
        assert declared.item.body is not None
        for item in declared.item.body.items:
            pending.declare(item, schema)
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


def find_column(expr: Expr, session: Session, *, labels: bool = False, hint: str = "") -> Column | None:
    """The column that a name or `group.field` means, resolved; None after a diagnostic."""
    if not isinstance(expr, (Name, Field)):
        session.error("REC307", expr.span, "a column was expected", f"this is {describe(expr)}")
        return None
    name = expr.text if isinstance(expr, Name) else expr.span.text.replace(" ", "")
    if name in session.pending.items and name not in session.labels:
        return session.pending.resolve(name)
    if labels and name in session.labels:
        return session.pending.resolve(name)
    if name in session.broken_names or name.split(".")[0] in session.broken_names:
        return None
    if name in session.labels:
        session.error("REC216", expr.span, f"`{name}` is a label, and a column was expected", "a label")
        return None
    if name in session.values or name in session.groups:
        place = session.values[name].span if name in session.values else None
        session.error("REC219", expr.span, f"`{name}` is not a column", notes=[Note(place, "declared here")] if place else [])
        return None
    if "schema" not in session.lost:
        what = "column or label" if labels else "column"
        # Columns with mistakes of their own are no columns of the session any more, but may be what was meant.
        every = {name: column for name, (_, _, column) in session.pending.items.items()} | session.columns
        known = [name for name, column in every.items() if labels or not column.is_label]

        def declared_at(known_name: str) -> Span | None:
            return every[known_name].span if known_name in every else None

        session.unknown("REC118", what, name, expr.span, known, places=declared_at, hint=hint)
    return None


class Pending:
    """Columns that are declared but perhaps not resolved yet."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.items: dict[str, tuple[Item, Schema, Column]] = {}
        self.state: dict[str, str] = {}
        self.open: list[str] = []  # those that are being resolved, each for the one before
        self.full = False  # there were too many

    # Declaring

    def declare(self, item: Item, schema: Schema) -> None:
        """Take an item of a schema's body: one column, a label, a range of columns, or a group of events."""
        head = item.head
        if item.broken:
            self._lost(item)
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
            self.session.lost.update(("schema", "tags"))
            self.session.overflowed = True  # nothing is evaluated with part of the columns
        self.full = True

    def _lost(self, item: Item) -> None:
        """What an item that is not read would have declared: its name and its tags, as far as they can be seen."""
        session = self.session
        session.lost.add("tags")
        names = [part.text for part in item.head if isinstance(part, Name)]
        if not names:
            session.lost.add("schema")
        session.broken_names.update(names, (f"@{tag.name}" for tag in item.tags))

    def _misformed(self, item: Item) -> None:
        self._lost(item)
        written = "name : storage -> encoder  @tag"
        self.session.error(
            "REC401",
            item.head[0].span,
            "a column is not written like this",
            help=[f"write `{written}`, or `name = derivation`"],
        )

    def _range(self, span: Range) -> list[str]:
        session = self.session
        ends = [re.fullmatch(r"(\w*?)(\d+)", e.text) if isinstance(e, Name) else None for e in (span.low, span.high)]
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
            clash = first is not None and first[2].is_label != is_label
            hint = "a label may not be named like a column" if clash else "give one of them another name, or remove it"
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
            session.broken_names.add(name)  # where it is used, the other one may be meant
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
            self._lost(item)
            return
        length = read(Int(1, MAX_STEPS), called[1][0].value, Scope(session, "", ""), "length of the sequence")
        if length is BAD or len(called[1]) > 1:
            if length is not BAD:
                session.error(
                    "REC302", called[1][1].span, "too many arguments for `seq`", "a sequence with fields takes its length"
                )
            self._lost(item)
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
                session.broken_names.add(subject.text)
                continue
            name = f"{subject.text}.{field.head[0].text}"
            column = self._add(name, field, schema, field.head[0].span, False)
            if column is not None:
                column.axis = axis
                column.tags |= {tag.name: tag.span for tag in item.tags}
                session.groups[subject.text].append(name)

    # Resolving

    def resolve(self, name: str) -> Column | None:
        """A column with its storage, encoders and vocabulary; None when it is part of a circle or broken."""
        session = self.session
        item, schema, column = self.items[name]
        state = self.state.get(name)
        if state == "done":
            return column
        if state == "bad":
            return None
        if state == "open" or len(self.open) >= MAX_OPEN:
            around = self.open[self.open.index(name) + 1 :] if state == "open" else self.open
            notes = [Note(self.items[n][2].span, f"through `{n}`") for n in around[:3]]
            session.error("REC109", column.span, f"`{name}` is made of itself", "a circle of columns", notes=notes)
            return None
        self.state[name] = "open"
        self.open.append(name)
        good = self._resolve(item, schema, column)
        self.open.pop()
        self.state[name] = "done" if good else "bad"
        if not good:
            session.columns.pop(name, None)
            session.labels.pop(name, None)
            session.broken_names.update((name, *(f"@{tag.name}" for tag in item.tags)))
            session.lost.add("tags")
            session.broken_names.update(f"@{tag.name}" for tag in tree.walk(item) if isinstance(tag, Tag))
            group, _, field = name.partition(".")
            if field:
                session.groups[group].remove(name)
                session.broken_names.add(group)
        return column if good else None

    def _resolve(self, item: Item, schema: Schema, column: Column) -> bool:
        assert item.value is not None
        stages = item.value.stages if isinstance(item.value, Pipe) else [item.value]
        if any(isinstance(stage, Missing) for stage in stages):
            return False
        good = self._source(item, stages[0], schema, column)
        for tag in item.tags:
            good &= self._tag(tag, column)
        if not good:
            return False
        inherited = bool(column.encodings)
        if len(stages) > 1:
            if column.is_label:
                self.session.error(
                    "REC404",
                    stages[1].span,
                    "a label has no encoder",
                    "labels are taken as they are",
                    help="make a column of it as well, if the network must read it",
                )
                return False
            column.encodings, column.vocabulary, column.gives = [], None, None
            return encode(self.session, stages[1:], column)
        if not inherited and column.storage.element == "vector":
            column.gives = "vector"
        if column.tags and column.gives is None and not column.is_label:
            first = next(iter(column.tags.values()))
            self.session.error(
                "REC405",
                first,
                f"`{column.name}` has a tag and no encoder, so no selector would hold it",
                "a plain column",
                help="give it an encoder, or take the tag away",
            )
        return True

    def _tag(self, tag: Tag, column: Column) -> bool:
        session = self.session
        if tag.name in column.tags and column.axis is None:
            notes = [Note(column.tags[tag.name], "first given here")]
            session.error("REC303", tag.span, f"`@{tag.name}` is given twice", "again", notes=notes)
        if tag.name in ("all", "categorical", "numeric"):
            session.error(
                "REC406",
                tag.span,
                f"`@{tag.name}` is built in",
                "specc decides which columns have it",
                help="choose another name",
            )
            return True
        if column.is_label:
            session.error("REC407", tag.span, "a label has no tags", "selectors never hold labels")
            return True
        column.tags[tag.name] = tag.span
        return True

    def _source(self, item: Item, source: Expr, schema: Schema, column: Column) -> bool:
        if item.sign == ":":
            storage = read_storage(self.session, source)
            if storage is None:
                return False
            if column.axis is not None:  # a field of events
                if storage.shape != "scalar" or storage.element == "vector":
                    self.session.error("REC403", source.span, "a field of events is one value", "an event has one of each")
                    return False
                storage.shape, storage.size = "sequence", column.axis.n
            elif storage.shape == "sequence":
                assert storage.size is not None
                column.axis = Axis(column.name, storage.size)
            if column.is_label and storage.shape != "scalar":
                self.session.error("REC408", source.span, "a label is one value a row", f"this is a {storage.shape}")
                return False
            column.storage, column.shape = storage, storage.shape
            return True
        called = call_of(source) if isinstance(source, tree.Call) else None
        entry = registry.find("derivations", called[0].text) if called else None
        if called is not None and not isinstance(entry, Derivation):
            self.session.unknown("REC411", "derivation", called[0].text, called[0].span, registry.names("derivations"))
            return False
        if called is None:
            return self._expression(source, column)
        assert entry is not None
        bound = bind(entry, called[1], called[0].span, Scope(self.session, "", ""))
        if bound is None:
            return False
        from specc.resolve.derived import RULES

        return RULES[entry.name](self, bound, column, schema)

    def _expression(self, source: Expr, column: Column) -> bool:
        row = read_row(source, Scope(self.session, "", ""), "any", column.name)
        if row is None:
            return False
        nullable = any((self.session.columns.get(c) or self.session.labels[c]).storage.nullable for c in row.columns)
        column.storage = Storage(row.gives, "scalar", None, nullable, None, source.span)
        column.derived = ("expression", {"expression": row.tree, "columns": row.columns})
        if not row.columns:
            self.session.error("REC412", source.span, "this expression reads no column", "the same in every row")
            return False
        return True


def time_column(schema: Schema) -> Column | None:
    """The column that orders the rows of a schema."""
    times = [c for c in schema.columns.values() if c.storage.element == "time" and c.shape == "scalar"]
    return times[0] if times else None
