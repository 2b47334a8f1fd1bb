"""What all parts of the resolver share: the diagnostics, the declarations, the graph, and who was used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from specc.diagnostics import Diagnostic, Note
from specc.library.columns import Column, Schema, Vocabulary
from specc.library.common import MAX_NODES
from specc.library.values import Poison, Tensor, Value
from specc.resolve.nearest import listing, nearest
from specc.syntax.tree import Expr, Item
from specc.text import Span

if TYPE_CHECKING:
    from specc.resolve.columns import Pending
    from specc.resolve.objectives import Head


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

    __slots__ = ("declared", "name", "options", "spans", "tables")

    def __init__(self, name: str, declared: Declared | None) -> None:
        self.name = name
        self.declared = declared
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
        self.sources: list[str] = []  # the texts, in the order of reading
        self.edition: int | None = None
        self.model: str | None = None
        self.values: dict[str, Declared] = {}  # towers, experts, heads, params, blocks: one name space
        self.losses: dict[str, Declared] = {}
        self.schema_items: dict[str, Declared] = {}
        self.merged: dict[str, dict[str, Declared]] = {"data": {}, "metrics": {}, "train": {}}
        self.set_items: dict[str, list[Declared]] = {}
        self.broken_names: set[str] = set()  # declared by items that could not be read
        self.has_syntax_errors = False  # what was dropped may have used what else looks unused
        self.has_broken_schema = False  # some column is not known, so a missing one is not reported
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
        self.used: set[str] = set()
        self.used_sets: set[str] = set()
        self._paths: dict[str, int] = {}
        self._overflowed = False

    def error(
        self,
        code: str,
        span: Span | None,
        message: str,
        label: str = "",
        *,
        notes: Iterable[Note] = (),
        help: str | Iterable[str] = (),
    ) -> Poison:
        """Report a mistake, once for a place and code."""
        diagnostic = Diagnostic(code, span, message, label, notes=notes, help=help)
        if not any(d.code == code and d.span == span and d.message == message for d in self.diagnostics):
            self.diagnostics.append(diagnostic)
        assert span is not None
        return Poison("", span)

    def unknown(
        self, code: str, what: str, name: str, span: Span, known: Iterable[str], *, places: dict[str, Span] | None = None
    ) -> Poison:
        """Report a name that nobody declared, with the nearest one that somebody did."""
        known = list(dict.fromkeys(known))
        close = nearest(name, known)
        notes = []
        if close:
            help = f"did you mean `{close}`?"
            if places and close in places:
                notes.append(Note(places[close], f"`{close}` is declared here"))
        elif known:
            help = f"there is {listing(known)}"
        else:
            help = "none is declared"
        return self.error(
            code, span, f"unknown {what} `{name}`", "not declared" if places is not None else "", notes=notes, help=help
        )

    def path(self, wanted: str) -> str:
        """A path that no node has yet: `query.mlp`, then `query.mlp_2`."""
        count = self._paths.get(wanted, 0) + 1
        self._paths[wanted] = count
        return wanted if count == 1 else f"{wanted}_{count}"

    def add(self, node: GraphNode) -> bool:
        """Put a node into the graph; False when the network has grown over its limit (reported once)."""
        if len(self.nodes) >= MAX_NODES:
            if not self._overflowed:
                self._overflowed = True
                self.error(
                    "REC903",
                    node.span,
                    f"the network expands to more than {MAX_NODES:,} operator calls".replace(",", "_"),
                    "the limit was reached here",
                    help="blocks that use blocks, `copies` and `n *` multiply: use smaller counts",
                )
            return False
        self.nodes[node.id] = node
        return True

    @property
    def overflowed(self) -> bool:
        """Whether the network has grown over its limit."""
        return self._overflowed


def reference(value: Value) -> str:
    """How the graph calls a value: the id of its node, or the name of its column."""
    return value.node if isinstance(value, Tensor) else value.name
