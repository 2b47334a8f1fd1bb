"""What all parts of the resolver share: the diagnostics, the declarations, the graph, and who was used."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from specc.diagnostics import Diagnostic, Note
from specc.library import registry
from specc.library.columns import Column, Schema, Vocabulary
from specc.library.common import MAX_NODES
from specc.library.values import Poison, Tensor, Value
from specc.limits import MAX_ERRORS, MAX_EXPANSION
from specc.resolve.nearest import listing, nearest
from specc.syntax.tree import Expr, File, Item
from specc.text import Source, Span

if TYPE_CHECKING:
    from specc.resolve.columns import Pending
    from specc.resolve.heads import Head
    from specc.resolve.selectors import Index

MAX_PLACES = 4  # of one mistake that is met again and again
MAX_GUESSES = 20_000  # names that are compared with unknown ones
MAX_LINE = 10_000  # characters of a line with a syntax error that are looked at for names


class Declared:
    """A declaration: its kind (`tower`), name, item, and whether it came with an import."""

    __slots__ = ("imported", "item", "kind", "name", "span")

    def __init__(self, kind: str, name: str, span: Span, item: Item, imported: bool) -> None:
        self.kind = kind
        self.name = name
        self.span = span
        self.item = item
        self.imported = imported


class GraphNode:
    """An operator call. `inputs` maps a role to a node or column name, or a list of them; `weights` is the path that owns its
    weights (its own id, unless a `shared` block was used)."""

    __slots__ = ("config", "id", "inputs", "op", "owner", "shape", "span", "type", "weights")

    def __init__(
        self,
        id: str,
        op: str,
        inputs: dict[str, Any],
        config: dict[str, Any],
        type: str,
        shape: list[Any],
        span: Span,
        owner: str,
        weights: str,
    ) -> None:
        self.id = id
        self.op = op
        self.inputs = inputs
        self.config = config
        self.type = type
        self.shape = shape
        self.span = span
        self.owner = owner
        self.weights = weights


class EmbeddingSet:
    """A set of tables: what holds for all of them, and for single ones (`tables`: vocabulary name to options)."""

    __slots__ = ("broken", "declared", "name", "options", "spans", "tables", "widthless")

    def __init__(self, name: str, declared: Declared | None) -> None:
        self.name = name
        self.declared = declared
        self.broken = False  # something in it could not be read, perhaps the width
        self.widthless: dict[str, Span] = {}  # vocabularies looked up without a width, and where first
        self.options: dict[str, Any] = {}
        self.spans: dict[str, Span] = {}
        self.tables: dict[str, tuple[dict[str, Any], dict[str, Span]]] = {}


class Table:
    """A table that the network reads: (vocabulary, set)."""

    __slots__ = ("dim", "init", "l2", "name", "set", "vocabulary")

    def __init__(self, name: str, vocabulary: Vocabulary, set: str, dim: int, init: dict[str, Any] | None, l2: float) -> None:
        self.name = name
        self.vocabulary = vocabulary
        self.set = set
        self.dim = dim
        self.init = init
        self.l2 = l2


class Session:
    """One resolution of one spec."""

    def __init__(self, overrides: dict[str, Expr] | None = None) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.overrides = overrides or {}
        self.sources: list[Source] = []  # the texts, in the order of reading
        self.below: dict[Source, set[Source]] = {}  # each text with those that it imports, straight or through others
        self.edition: int | None = None
        self.model: str | None = None
        self.values: dict[str, Declared] = {}  # towers, experts, heads, params, blocks: one name space
        self.losses: dict[str, Declared] = {}
        self.schema_items: dict[str, Declared] = {}
        self.merged: dict[str, dict[str, Declared]] = {"data": {}, "metrics": {}, "train": {}}
        self.set_items: dict[str, list[Declared]] = {}
        self.broken_names: set[str] = set()  # names and @tags that something unreadable or wrong declares, or may declare
        self.lost: set[str] = set()  # kinds of declarations (and `import`) of which some are not known, not even by name
        self.has_syntax_errors = False  # what was dropped may have used what else looks unused
        self._bad_lines: set[tuple[Source, int]] = set()  # lines with a syntax error: the rest of them may be misread
        self._suspects: list[tuple[Source, int]] = []  # those of them that may begin a schema
        self._reported: set[tuple[str, Span, str]] = set()
        self._first: dict[tuple[object, ...], Diagnostic] = {}  # mistakes that may be met again, and their reports
        self._guesses = 0
        self.pending: Pending  # columns that wait to be resolved
        self.schemas: dict[str, Schema] = {}
        self.columns: dict[str, Column] = {}
        self.labels: dict[str, Column] = {}
        self.groups: dict[str, list[str]] = {}  # event groups: name to its columns
        self.vocabularies: dict[str, Vocabulary] = {}
        self.sets: dict[str, EmbeddingSet] = {}
        self.tables: dict[str, Table] = {}
        self.nodes: dict[str, GraphNode] = {}
        self.evaluated: dict[str, Value] = {}
        self.heads: dict[str, Head] = {}
        self.shared_forms: dict[str, tuple[Any, Span, list[Any]]] = {}  # what the nodes of `shared` blocks are called with
        self.selectors: Index | None = None
        self.circular: set[str] = set()  # params and blocks that use themselves
        self.bad_params: set[str] = set()  # out of their range: their uses say nothing more
        self.failed_losses: set[str] = set()  # what `loss *` could not make
        self.unmeasured: set[str] = set()  # heads and losses of whose metrics some could not be read
        self.used: set[str] = set()
        self.used_sets: set[str] = set()
        self._paths: dict[str, int] = {}
        self.overflowed = False  # the network has grown over its limit
        self._steps = 0
        self.last: Span | None = None  # what was looked at last, in case that it was too deep

    def error(
        self,
        code: str,
        span: Span | None,
        message: str,
        label: str = "",
        *,
        notes: Iterable[Note] = (),
        help: str | Iterable[str] = (),
        once: tuple[object, ...] = (),
    ) -> Poison:
        """Report a mistake, once for a place and code; `once` says what the mistake is, and its other places become notes."""
        assert span is not None
        if once in self._first:
            self._another(self._first[once], span)
            return Poison("", span)
        key = (code, span, message)
        if key in self._reported or (self._bad_lines and (span.source, span.source.position(span.start)[0]) in self._bad_lines):
            return Poison("", span)
        if len(self._reported) > MAX_ERRORS:
            return Poison("", span)
        if len(self._reported) == MAX_ERRORS:
            code, message, label, notes, help = "REC908", f"more than {MAX_ERRORS} errors; the others are not shown", "", (), ()
        diagnostic = Diagnostic(code, span, message, label, notes=notes, help=help)
        if once:
            self._first[once] = diagnostic
        self._reported.add(key)
        self.diagnostics.append(diagnostic)
        return Poison("", span)

    def unknown(
        self,
        code: str,
        what: str,
        name: str,
        span: Span,
        known: Iterable[str],
        *,
        places: Callable[[str], Span | None] | None = None,
        label: str = "",
        message: str = "",
        hint: str = "",
    ) -> Poison:
        """Report a name that nobody declared, with the nearest one that somebody did; once, with all its other places as notes.

        `places` says where a known name is declared; without it the name is a word of the library. Nothing is said of a
        name that something unreadable may declare. `message` and `label` take the place of the usual ones, `hint` stands
        behind the help.
        """
        if name in self.broken_names or (places is not None and "import" in self.lost):
            return Poison("", span)
        once = (code, what, name)
        if len(self._reported) > MAX_ERRORS or once in self._first:
            return self.error(code, span, "", once=once)
        known = list(dict.fromkeys(known))
        close = self._nearest(name, known)
        notes = []
        if close:
            help = f"did you mean `{close}`?"
            place = places(close) if places is not None else None
            if place is not None:
                notes.append(Note(place, f"`{close}` is declared here"))
        elif known:
            help = f"there is {listing(known)}"
        else:
            help = "none is declared"
        label = label or ("not declared" if places is not None else "")
        lines = [help, hint] if hint and not close else [help]
        return self.error(code, span, message or f"unknown {what} `{name}`", label, notes=notes, help=lines, once=once)

    def is_known(self, name: str) -> bool:
        """Whether a name that may be declared by something unreadable is also that of a column, a label or an operator."""
        return name in self.columns or name in self.labels or name in self.groups or name in registry.names("ops")

    def places(self, *, labels: bool) -> Callable[[str], Span | None]:
        """Where columns, and with `labels` labels, are declared."""

        def place(name: str) -> Span | None:
            column = self.columns.get(name) or (self.labels.get(name) if labels else None)
            return column.span if column is not None else None

        return place

    def place(self, name: str) -> Span | None:
        """Where a column, tower, head, param or block is declared."""
        column, declared = self.columns.get(name), self.values.get(name)
        return column.span if column is not None else declared.span if declared is not None else None

    def _another(self, first: Diagnostic, span: Span) -> None:
        """Add a place to a report: the first in the text is its main one."""
        assert first.span is not None
        if span == first.span or len(first.notes) > MAX_PLACES:
            return
        if span.source is first.span.source and span.start < first.span.start:
            span, first.span = first.span, span
        if not any(note.span == span for note in first.notes):
            first.notes = (*first.notes, Note(span, "and here"))

    def _nearest(self, name: str, known: list[str]) -> str | None:
        """The known name that was probably meant; with very many names and mistakes it is not looked for any more."""
        self._guesses += len(known)
        return nearest(name, known) if self._guesses <= MAX_GUESSES else None

    def distrust(self, file: File, diagnostics: Iterable[Diagnostic]) -> None:
        """Take note of syntax errors: a line with one may be misread, with its statement, and nobody knows what it declares."""
        spans = [diagnostic.span for diagnostic in diagnostics if diagnostic.span is not None]
        if not spans:
            return
        source = file.span.source
        lines: set[int] = set()
        for span in spans:
            number = source.position(span.start)[0]
            lines.add(number)
            rest = source.line(number)[span.end - source.starts[number - 1] :].lstrip()
            if not rest or rest.startswith("#"):  # what ends its line with an operator goes on
                after = range(number + 1, min(number + 5, len(source.starts)) + 1)
                lines.update(next(([n] for n in after if source.line(n).strip()), []))
        self._mark(file.items, lines)
        for number in lines:
            self._bad_lines.add((source, number))
            self._may_declare(source, number)

    def _mark(self, items: list[Item], lines: set[int]) -> None:
        """Mark the statements without a body that reach into these lines, and take in all of their lines."""
        for item in items:
            if item.body is not None:
                self._mark(item.body.items, lines)
                continue
            position = item.span.source.position
            own = range(position(item.span.start)[0], position(item.span.end)[0] + 1)
            if not lines.isdisjoint(own):
                item.broken = True
                lines.update(own)

    def _may_declare(self, source: Source, number: int) -> None:
        """The names that a line declares, if it declares any: those at its start, and those before `:` and `=`."""
        line = source.line(number)[:MAX_LINE]
        words = re.findall(r"@?[A-Za-z_]\w*", line)
        self.broken_names.update(words[:3], re.findall(r"\b([A-Za-z_]\w*)\s*[:=(]", line), (w for w in words if w[0] == "@"))
        self.lost.update(word for word in words if word in ("embeddings", "metrics", "import"))
        if "schema" in words:
            self._suspects.append((source, number))
        if line.lstrip().startswith("{"):
            self.lost.update(("embeddings", "metrics"))
        if "head" in words and "*" in line:
            self.lost.add("values")

    def sets_again(self, item: Item, first: Item) -> bool:
        """Whether an item stands in a file that imports the one of another item: then it takes its place."""
        mine, other = item.span.source, first.span.source
        return mine is not other and other in self.below.get(mine, ())

    def settle(self) -> None:
        """After all is declared: a line with a syntax error that seems to begin a schema, where none begins, has lost it."""
        begun = {(d.span.source, d.span.source.position(d.span.start)[0]) for d in self.schema_items.values()}
        if any(place not in begun for place in self._suspects):
            self.lost.add("schema")

    def path(self, wanted: str) -> str:
        """A path that no node has yet: `query.mlp`, then `query.mlp_2`."""
        count = self._paths.get(wanted, 0) + 1
        self._paths[wanted] = count
        return wanted if count == 1 else f"{wanted}_{count}"

    def add(self, node: GraphNode) -> bool:
        """Put a node into the graph; False when the network has grown over its limit (reported once)."""
        if len(self.nodes) >= MAX_NODES:
            self.overflow(node.span)
            return False
        self.nodes[node.id] = node
        return True

    def spend(self, span: Span) -> bool:
        """Count one step of the expansion of params, blocks and pipelines; False when there were too many."""
        self._steps += 1
        self.last = span
        if self._steps > MAX_EXPANSION:
            self.overflow(span)
        return not self.overflowed

    def overflow(self, span: Span) -> Poison:
        """The network has grown over its limit: say so once, and evaluate nothing more."""
        if not self.overflowed:
            self.overflowed = True
            self.error(
                "REC903",
                span,
                f"the network expands to more than {MAX_NODES:_} operator calls",
                "the limit was reached here",
                help="blocks that use blocks, `copies` and `n *` multiply: use smaller counts",
            )
        return Poison("", span)


def reference(value: Value) -> str:
    """How the graph calls a value: the id of its node, or the name of its column."""
    return value.node if isinstance(value, Tensor) else value.name
