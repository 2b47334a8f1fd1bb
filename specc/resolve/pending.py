"""Resolves columns, each when it is first needed: storage, derivation, encoder chain, tags."""

from __future__ import annotations

from specc import registry
from specc.diagnostics import Note
from specc.registry.columns import Axis, Column, Schema, Storage
from specc.registry.derivation import Derivation
from specc.resolve.arguments import bind
from specc.resolve.derived import DerivationContext
from specc.resolve.encoding import encode
from specc.resolve.expressions import call_of
from specc.resolve.kinds import other_sign
from specc.resolve.rows import read_row
from specc.resolve.scope import Scope
from specc.resolve.session import Session
from specc.resolve.storages import STORAGES, read_storage
from specc.resolve.tags import BUILT_IN
from specc.syntax import tree
from specc.syntax.tree import Expr, Item, Missing, Pipe, Tag

MAX_OPEN = 50  # columns that wait for each other: they are taken innermost first, so that only a circle is longer


class Pending:
    """Columns that are declared but perhaps not resolved yet."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.items: dict[str, tuple[Item, Schema, Column]] = {}
        self.state: dict[str, str] = {}
        self.open: list[str] = []  # those that are being resolved, each for the one before

    def take_as_resolved(self, item: Item, schema: Schema, column: Column) -> None:
        """A column that is made while another one is resolved, of the same item."""
        self.items[column.name] = (item, schema, column)
        self.state[column.name] = "done"

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
            session.unreliable.names.update((name, *(f"@{tag.name}" for tag in item.tags)))
            session.unreliable.kinds.add("tags")
            session.unreliable.names.update(f"@{tag.name}" for tag in tree.walk(item) if isinstance(tag, Tag))
            group, _, field = name.partition(".")
            if field:
                session.groups[group].remove(name)
                session.unreliable.names.add(group)
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
        if tag.name in BUILT_IN:
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
        meant = self._sign(source)
        if meant not in ("", item.sign):
            place, label, help = other_sign(item, meant)
            what = "a storage" if meant == ":" else "what a column is made of"
            self.session.error("REC401", place, f"{what} stands behind `{meant}`", label, help=help)
            return False
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
        if called is None:
            return self._expression(source, column)
        if not isinstance(entry, Derivation):
            self.session.unknown("REC411", "derivation", called[0].text, called[0].span, registry.names("derivations"))
            return False
        bound = bind(entry, called[1], called[0].span, Scope(self.session, "", ""))
        return bound is not None and entry.infer(bound, DerivationContext(self.session, column, schema))

    def _sign(self, source: Expr) -> str:
        """The sign that can stand before a source whatever else is wrong with it; nothing where that cannot be known."""
        while isinstance(source, tree.Maybe):
            source = source.base
        called = call_of(source)
        if called is None:
            return "=" if isinstance(source, tree.Binary) else ""
        name = called[0].text
        if registry.find("derivations", name) is not None:
            return "=" if called[1] is not None else ""
        return ":" if name in STORAGES and name not in self.items else ""

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
