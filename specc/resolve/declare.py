"""Collects what a file and its imports declare, by name space; forms are checked here, meanings later."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from specc.diagnostics import Diagnostic, Note
from specc.resolve.declarations import Declared
from specc.resolve.kinds import TOP, kind_of, problem, refused
from specc.resolve.nearest import nearest
from specc.resolve.session import Session
from specc.syntax.tree import Field, File, Item, Name, Number, Range, Star, String
from specc.text import Source, Span

EDITION = 1
MAX_IMPORTS = 100

Load = Callable[[str], tuple[Source | None, File | None, list[Diagnostic]]]


class Collector:
    """Walks the main file and its imports, depth first; each real file is read once."""

    def __init__(self, session: Session, root: str, load: Load) -> None:
        self.session = session
        self.root = root
        self.load = load
        self.done: set[str] = set()
        self.read: dict[str, Source] = {}
        self.conflicts: list[tuple[str, Declared, Declared]] = []  # keys that two imports set
        self.chain: list[tuple[str, Span]] = []
        self.model: Span | None = None

    def collect(self, file: File, path: str | None, imported: bool = False) -> None:
        """Declare everything of a file. Its imports come first, so that its own keys win."""
        real = os.path.realpath(path) if path else None
        if real:
            self.done.add(real)
        self.session.sources.append(file.span.source)
        self.session.below[file.span.source] = {file.span.source}
        if real:
            self.read[real] = file.span.source
        for item in file.items:
            if _is(item, "import"):
                self._import(item, path)
        own: dict[str, set[str]] = {}
        good = True
        for position, item in enumerate(file.items):
            if not good and len(item.head) == 1 and kind_of(item) not in TOP:
                self._broken(item, "tower", item.head[0], imported)  # the rest of the item before, which was cut in two
                continue
            good = self._item(item, imported, position, own)
        if not imported:
            self._report_conflicts()

    def _report_conflicts(self) -> None:
        """Keys that two imports set, and the file that imports both does not set again."""
        for kind, one, other in self.conflicts:
            final = self.session.merged[kind][other.name]
            again = [final.item is d.item or self.session.sets_again(final.item, d.item) for d in (one, other)]
            if not all(again):
                self._twice(f"`{other.name}`", other.span, one.span)

    def _import(self, item: Item, path: str | None) -> None:
        session = self.session
        if item.broken or problem(item, TOP["import"]):
            session.unreliable.kinds.add("import")
            return  # said when the item itself is looked at
        name = item.head[1]
        assert isinstance(name, String)
        if path is None:
            session.error("REC116", name.span, "an import needs a file to be relative to", "this text is not a file")
            session.unreliable.kinds.add("import")
            return
        target = os.path.normpath(os.path.join(os.path.dirname(path), name.value))
        real = os.path.realpath(target)
        if os.path.isabs(name.value) or os.path.commonpath([real, self.root]) != self.root:
            session.error(
                "REC113",
                name.span,
                "an import must stay inside the folder of the spec",
                "leaves it",
                help="move the file next to the spec, or below it; `--root` names a folder above both",
            )
            session.unreliable.kinds.add("import")
            return
        chain = [p for p, _ in self.chain]
        if path and real in [*chain, os.path.realpath(path)]:
            if real == os.path.realpath(path):
                session.unreliable.kinds.add("import")  # another file was meant
            notes = [Note(span, "imported here") for p, span in self.chain]
            session.error("REC112", name.span, f"`{name.value}` imports itself in a circle", "closes the circle", notes=notes)
            return
        below = self.session.below[item.span.source]
        if real in self.done:
            if real in self.read:
                below |= self.session.below[self.read[real]]
            return
        if len(self.done) >= MAX_IMPORTS:
            session.error("REC906", name.span, f"more than {MAX_IMPORTS} files are imported")
            session.unreliable.kinds.add("import")
            return
        source, file, diagnostics = self.load(target)
        if source is None or file is None:
            why = (
                diagnostics[0].message.removeprefix(f"{target}: ").replace(f"{target} ", "it ")
                if diagnostics
                else "cannot be read"
            )
            near = _near(target)
            help = f"did you mean `{near}`?" if near else "the path is relative to the file that imports it"
            session.error("REC111", name.span, f"cannot import `{name.value}`", why, help=help)
            session.unreliable.kinds.add("import")
            return
        session.diagnostics.extend(diagnostics)
        session.unreliable.distrust(file, diagnostics)
        self.chain.append((os.path.realpath(path), name.span))
        self.collect(file, target, imported=True)
        self.chain.pop()
        below |= self.session.below[source]

    def _item(self, item: Item, imported: bool, position: int, own: dict[str, set[str]]) -> bool:
        """Declare one item; False when it is not written as its kind is."""
        session = self.session
        if not item.head:
            return True
        kind = kind_of(item)
        form = TOP.get(kind)
        subject = item.head[1] if len(item.head) > 1 else None
        if form is None:
            if not item.broken:
                session.unknown("REC101", "declaration", kind, item.head[0].span, TOP)
            meant = session.guess(kind, TOP)
            if meant is None and item.body is not None:  # the columns of a schema, the keys of a block: nobody knows
                session.unreliable.kinds.update(("schema", "embeddings", "metrics"))
            self._broken(item, meant or "tower", subject, imported)
            return True
        if item.broken:
            self._broken(item, kind, subject, imported)
            return True
        if refused(item, form, kind, session):
            self._broken(item, kind, subject, imported)
            return False
        self._declared(item, kind, subject, imported, position, own)
        return True

    def _declared(
        self, item: Item, kind: str, subject: object, imported: bool, position: int, own: dict[str, set[str]]
    ) -> None:
        session = self.session
        if kind == "rec":
            assert isinstance(subject, Number)
            if subject.value != EDITION:
                label = f"this specc reads edition {EDITION}"
                help = f"write `rec {EDITION}`, or take a newer specc"
                session.error("REC103", subject.span, f"unknown edition {subject.value}", label, help=help)
            elif position > 0:
                session.error("REC104", item.span, "`rec 1` must be the first line of a file", "move it up")
            elif not imported:
                session.edition = EDITION
        elif kind == "model":
            assert isinstance(subject, Name)
            if imported:
                return
            if self.model is not None:
                notes = [Note(self.model, "first called so here")]
                help = "take one of the lines away"
                session.error("REC105", subject.span, "a spec has one `model` line", "called again", notes=notes, help=help)
                return
            session.model, self.model = subject.text, subject.span
        elif kind == "import":
            return
        elif kind in ("data", "metrics", "train"):
            if kind == "data":
                session.data_items.append(item)
            self._merge(kind, item, imported, own)
        elif kind == "embeddings":
            name = subject.text if isinstance(subject, Name) else ""
            session.set_items.setdefault(name, []).append(Declared(kind, name, item.head[-1].span, item, imported))
        else:
            assert isinstance(subject, (Name, Star))
            name = subject.text if isinstance(subject, Name) else "*"
            self._declare(kind, name, subject.span, item, imported)

    def _broken(self, item: Item, kind: str, subject: object, imported: bool) -> None:
        """Keep what can be known of an item with a mistake, so that nobody calls its names unknown."""
        session = self.session
        session.unreliable.names.update(part.text for part in _names(item))
        body, form = item.body, TOP.get(kind)
        if kind == "schema" and isinstance(subject, Name) and body is not None:
            self._declare(kind, subject.text, subject.span, item, imported)
        elif kind == "schema":
            session.unreliable.kinds.add("schema")
        elif kind in ("data", "metrics", "train") and body is not None:
            self._merge(kind, item, imported, {})
        elif kind == "embeddings" and body is not None:
            name = subject.text if isinstance(subject, Name) else ""
            session.set_items.setdefault(name, []).append(Declared(kind, name, item.head[-1].span, item, imported))
        elif kind in ("embeddings", "metrics"):
            session.unreliable.kinds.add(kind)
        elif body is not None and kind != "experts":
            session.unreliable.kinds.update(
                ("schema", "embeddings", "metrics")
            )  # the body is that of an item that was swallowed
        elif form is not None and form.value == "must" and not isinstance(subject, Name):
            session.unreliable.kinds.add("values")
        elif kind == "rec":
            session.edition = EDITION
        elif kind == "model":
            session.model = session.model or "Model"

    def _merge(self, kind: str, item: Item, imported: bool, own: dict[str, set[str]]) -> None:
        """Key by key; a key of the importing file wins, and a key twice in one file is a mistake."""
        assert item.body is not None
        seen = own.setdefault(kind, set())
        for entry in item.body.items:
            if not entry.head:
                continue
            key = kind_of(entry)
            declared = Declared(kind, key, entry.head[0].span, entry, imported)
            if key in seen:
                first = self.session.merged[kind][key]
                self._twice(f"`{key}`", declared.span, first.span)
                continue
            seen.add(key)
            before = self.session.merged[kind].get(key)
            if before is not None and not self.session.sets_again(entry, before.item):
                self.conflicts.append((kind, before, declared))
            self.session.merged[kind][key] = declared

    def _declare(self, kind: str, name: str, span: Span, item: Item, imported: bool) -> None:
        session = self.session
        space = {"loss": session.losses, "schema": session.schema_items}.get(kind, session.values)
        key = f"{kind} *" if name == "*" else name
        declared = Declared(kind, name, span, item, imported)
        first = space.get(key)
        if first is None:
            space[key] = declared
        elif kind == "param" == first.kind and session.sets_again(item, first.item):
            declared.imported = first.imported  # an override is not another declaration that must be used here
            space[key] = declared
        else:
            self._twice(f"`{name}`", span, first.span)

    def _twice(self, what: str, span: Span, first: Span) -> None:
        self.session.error(
            "REC106",
            span,
            f"{what} is declared twice",
            "declared again",
            notes=[Note(first, "first declared here")],
            help="give one of them another name, or remove it",
        )


def _near(target: str) -> str | None:
    """The spec in the same folder whose name is close to that of a file that is not there."""
    folder, wanted = os.path.split(target)
    try:
        files = sorted(file for file in os.listdir(folder or ".") if file.endswith(".rec"))
    except OSError:
        return None
    return nearest(wanted, files[:MAX_IMPORTS])


def _names(item: Item) -> Iterator[Name]:
    """The names that an item may declare."""
    for part in item.head[1:] or item.head:
        nodes = (part.low, part.high) if isinstance(part, Range) else (part.name,) if isinstance(part, Field) else (part,)
        yield from (node for node in nodes if isinstance(node, Name))


def _is(item: Item, kind: str) -> bool:
    return bool(item.head) and isinstance(item.head[0], Name) and item.head[0].text == kind
