"""What all parts of the resolver share: the declarations, what they came to, who was used, and how much was expanded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from specc import registry
from specc.limits import MAX_EXPANSION
from specc.registry.columns import Column, Schema, Vocabulary
from specc.registry.common import MAX_NODES
from specc.registry.values import ErrorValue, Value
from specc.resolve.declarations import Declared, EmbeddingSet
from specc.resolve.graph import GraphNode, Head, Table
from specc.resolve.reporting import Reporter
from specc.resolve.tags import Index
from specc.syntax.tree import Expr, Item
from specc.text import Source, Span


class WaitingColumns(Protocol):
    """Columns that are declared but perhaps not resolved yet (`specc.resolve.pending`)."""

    items: dict[str, tuple[Item, Schema, Column]]

    def resolve(self, name: str) -> Column | None:
        """A column with its storage, encoders and vocabulary; None when it is part of a circle or broken."""
        ...

    def take_as_resolved(self, item: Item, schema: Schema, column: Column) -> None:
        """A column that is made while another one is resolved, of the same item."""
        ...


class Session(Reporter):
    """One resolution of one spec: a reporter that knows what is declared and what was made of it so far."""

    def __init__(self, overrides: dict[str, Expr] | None = None) -> None:
        super().__init__()
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
        self.data_items: list[Item] = []
        self.has_syntax_errors = False  # what was dropped may have used what else looks unused
        self.evaluator: Any = None  # what `specc.resolve.scope.Scope.evaluator` gives: it stands above this
        self.pending: WaitingColumns
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

    def sets_again(self, item: Item, first: Item) -> bool:
        """Whether an item stands in a file that imports the one of another item: then it takes its place."""
        mine, other = item.span.source, first.span.source
        return mine is not other and other in self.below.get(mine, ())

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

    def overflow(
        self,
        span: Span,
        what: str = f"the network expands to more than {MAX_NODES:_} operator calls",
        help: str = "blocks that use blocks, `copies` and `n *` multiply: use smaller counts",
    ) -> ErrorValue:
        """The network has grown over its limit: say so once, and evaluate nothing more."""
        if not self.overflowed:
            self.overflowed = True
            self.error("REC903", span, what, "the limit was reached here", help=help)
        return ErrorValue("", span)
