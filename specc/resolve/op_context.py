"""The site of one operator call: what its rule may ask, and how it makes nodes of the graph."""

from __future__ import annotations

from typing import Any

from specc import registry
from specc.diagnostics import Note
from specc.registry.columns import Axis
from specc.registry.common import MAX_WIDTH
from specc.registry.reducing import Reducing
from specc.registry.reporter import Context
from specc.registry.values import (
    Dim,
    ErrorValue,
    Feature,
    ListValue,
    Prediction,
    Record,
    Scale,
    Sequence,
    Stack,
    Tensor,
    Value,
    Vector,
    width,
)
from specc.resolve.graph import GraphNode, reference
from specc.resolve.nearest import listing
from specc.resolve.scope import Closure, Scope
from specc.resolve.weights import has_weights
from specc.text import Span


class OpContext(Context):
    """See `specc.registry.op.OpContext`."""

    def __init__(self, scope: Scope, name: str, span: Span) -> None:
        super().__init__(scope.session)
        self.scope = scope
        self.session = scope.session
        self.name = name
        self.span = span
        self.gate_input = scope.gate_input
        self.first_input = scope.first_input
        self._path: str | None = None

    # What an operator accepts

    def tensor(self, value: Value, *, flat: bool = False) -> Tensor | ErrorValue:
        """A single vector, sequence, matrix or prediction; numbers and ready vectors are turned into one."""
        if isinstance(value, ErrorValue):
            return value
        if isinstance(value, ListValue):
            if len(value.items) == 1:
                return self.tensor(value.items[0], flat=flat)
            return self.error(
                "REC201",
                self.span,
                f"`{self.name}` works on one value, not on a list",
                f"got a list of {len(value.items)}",
                help=f"join the list first: `-> concat -> {self.name}`",
            )
        if isinstance(value, Record):
            field = next(iter(value.fields), "field")
            help = f"take a field of it, such as `{value.name}.{field}`" if value.name.isidentifier() else "take a field of it"
            message = f"`{self.name}` works on one value, not on a record"
            return self.error("REC202", self.span, message, f"got {value}", help=help)
        if isinstance(value, Feature):
            value = self._feature(value)
        if not isinstance(value, Tensor):
            return ErrorValue("", self.span)
        if flat and isinstance(value, (Sequence, Stack)):
            return self.error(
                "REC203",
                self.span,
                f"`{self.name}` works on vectors",
                f"got {value} ({value.name})",
                help=self._pooled(value) or "reduce it first: `-> mean`, `-> sum` or `-> max`",
            )
        return value

    def _feature(self, feature: Feature) -> Value:
        if feature.column.gives == "category":
            return self.error(
                "REC204",
                self.span,
                f"`{self.name}` needs vectors, and `{feature.name}` is {feature}",
                "got ids",
                notes=[Note(feature.column.span, f"`{feature.name}` is declared here")],
                help=f"look it up first: `{feature.name} -> embed`",
            )
        return self.embed(feature, None, None)

    def tensors(self, value: Value, *, flat: bool = False) -> list[Tensor] | None:
        """The tensors of a list (of a single value: a list of one); `flat` as for `tensor`."""
        if isinstance(value, Record):
            self.tensor(value)
            return None
        items = value.items if isinstance(value, ListValue) else [value]
        ids = [item for item in items if isinstance(item, Feature) and item.column.gives == "category"]
        if len(ids) > 1:
            self.error(
                "REC204",
                self.span,
                f"`{self.name}` needs vectors, and {listing((item.name for item in ids), 3)} are categories",
                "got ids",
                notes=[Note(ids[0].column.span, f"`{ids[0].name}` is declared here")],
                help=f"look them up first: `-> embed -> {self.name}`",
            )
            return None
        found = [self.tensor(item, flat=flat) for item in items]
        out = [item for item in found if isinstance(item, Tensor)]
        if len(out) < len(found):
            return None
        if not out:
            self.error("REC205", self.span, f"`{self.name}` got nothing", "the list is empty")
            return None
        return out

    def same_width(self, values: list[Tensor]) -> Dim | None:
        """The one width of several tensors."""
        dims = [(value, width(value)) for value in values]
        first_value, first = dims[0]
        assert first is not None
        for value, dim in dims[1:]:
            assert dim is not None
            if dim != first:
                self.session.error(
                    "REC207",
                    self.span,
                    f"`{self.name}` needs vectors of one width",
                    f"got widths {first} ({first_value.name}) and {dim} ({value.name})",
                    notes=_origins((first_value, first), (value, dim)),
                    help=f"give both one width, or end one with `dense({first})`",
                    once=("REC207", first.span, dim.span),
                )
                return None
        return first

    def same_axis(self, values: list[Tensor]) -> bool:
        """Whether several tensors lie on one time axis (or none has any)."""
        sequences = [v for v in values if isinstance(v, Sequence)]
        if not sequences:
            return True
        first = sequences[0]
        for value in sequences[1:]:
            if value.axis is not first.axis:
                self.error(
                    "REC208",
                    self.span,
                    f"`{self.name}` got sequences of different axes",
                    f"got `{first.axis.name}` ({first.name}) and `{value.axis.name}` ({value.name})",
                    help="reduce each one first, with `mean` or `sum`",
                )
                return False
        if len(sequences) < len(values):
            other = next(v for v in values if not isinstance(v, Sequence))
            self.error(
                "REC209",
                self.span,
                f"`{self.name}` cannot join a sequence and a vector",
                f"got {first} ({first.name}) and {other} ({other.name})",
                help=next(filter(None, map(self._pooled, sequences)), "")
                or "reduce the sequence by itself first: `-> mean` (a list's is over its values), or `embed(combiner=mean)`",
            )
            return False
        return True

    def _pooled(self, value: Tensor) -> str:
        """Help for a sequence that the reduction of a list gave, which reduces the list and not the steps."""
        node = self.session.nodes.get(value.node)
        while node is not None and isinstance(node.inputs.get("x"), str):
            node = self.session.nodes.get(node.inputs["x"])
        op = registry.find("ops", node.op) if node is not None and "xs" in node.inputs else None
        if not isinstance(op, Reducing) or not op.over_steps:
            return ""
        return f"`{op.name}` of a list leaves the steps of its sequences: reduce them with `-> concat -> {op.name}` instead"

    # What an operator makes

    def make(self, like: Tensor, dim: Dim, inputs: dict[str, Any], config: dict[str, Any]) -> Value:
        """A node whose output has the form of `like` and another width."""
        if isinstance(like, Sequence):
            return self.sequence(like.axis, dim, inputs, config)
        if isinstance(like, Stack):
            return self.matrix(like.n, dim, inputs, config)
        return self.vector(dim, inputs, config)

    def vector(self, dim: Dim, inputs: dict[str, Any], config: dict[str, Any]) -> Value:
        """A node that gives a vector."""
        id = self._node(inputs, config, "vector", [dim], dim)
        return Vector(self.name, self.span, id, dim) if id else ErrorValue("", self.span)

    def sequence(self, axis: Axis, dim: Dim, inputs: dict[str, Any], config: dict[str, Any]) -> Value:
        """A node that gives a sequence."""
        id = self._node(inputs, config, "sequence", [axis.n, dim], dim)
        return Sequence(self.name, self.span, id, axis, dim) if id else ErrorValue("", self.span)

    def matrix(self, n: int, dim: Dim, inputs: dict[str, Any], config: dict[str, Any]) -> Value:
        """A node that gives stacked vectors."""
        id = self._node(inputs, config, "matrix", [n, dim], dim)
        return Stack(self.name, self.span, id, n, dim) if id else ErrorValue("", self.span)

    def prediction(self, scale: Scale, inputs: dict[str, Any], config: dict[str, Any]) -> Value:
        """A node that gives a prediction."""
        id = self._node(inputs, config, scale.lower(), [1], None)
        return Prediction(self.name, self.span, id, scale) if id else ErrorValue("", self.span)

    def _node(self, inputs: dict[str, Any], config: dict[str, Any], type: str, shape: list[Any], dim: Dim | None) -> str | None:
        if dim is not None and dim.n > MAX_WIDTH:
            self.error(
                "REC902",
                self.span,
                f"`{self.name}` gives a width of {dim.n:_}",
                f"the limit is {MAX_WIDTH:_}",
                notes=[Note(dim.span, dim.why)] if dim.span != self.span else [],
            )
            return None
        node = GraphNode(
            self.path,
            self.name,
            {
                role: [reference(v) for v in value] if isinstance(value, list) else reference(value)
                for role, value in inputs.items()
            },
            config,
            type,
            [part.n if isinstance(part, Dim) else part for part in shape],
            self.span,
            self.scope.owner,
            self.scope.shared.name(self.name) if self.scope.shared else self.path,
            self.scope.blocks,
        )
        self._path, id = None, self.path  # a further node of this site gets a path of its own
        return id if self._fits_shared(node, inputs) and self.session.add(node) else None

    def _fits_shared(self, node: GraphNode, inputs: dict[str, Any]) -> bool:
        """Whether a node of a `shared` block fits its layer, which the block's first use made: weights have one shape."""
        if self.scope.shared is None:
            return True
        tensors = [v for value in inputs.values() for v in (value if isinstance(value, list) else [value])]
        widths = [(v, width(v)) for v in tensors]
        config = {key: value for key, value in node.config.items() if key != "table"}  # tables belong to columns
        form: tuple[Any, ...] = (config,)
        if has_weights(node, self.session):  # what has no weights takes any width
            form = (config, [None if dim is None else dim.n for _, dim in widths], [type(v) for v in tensors])
        first = self.session.shared_forms.setdefault(node.weights, (form, self.span, widths))
        if first[0] == form:
            return True
        notes: list[Note] = []
        for (_, before), (_, dim) in zip(first[2], widths, strict=False):
            if before is not None and dim is not None and before != dim:
                notes = [Note(before.span, f"width {before} the first time"), Note(dim.span, f"width {dim} here")]
        block = node.weights.split(".", 1)[0]
        self.error(
            "REC210",
            self.scope.shared.used_at or self.span,
            f"`{block}` is `shared`, and this use does not fit its weights",
            f"its `{self.name}` gets something else than before",
            notes=notes,
            help=f"give all uses one width, or declare it as `block {block}`, with weights for each use",
        )
        return False

    @property
    def path(self) -> str:
        """The path of the node that is made next."""
        if self._path is None:
            self.reserve(self.name)
        assert self._path is not None
        return self._path

    def reserve(self, name: str) -> None:
        """Call the node that is made next by another name than the operator's."""
        self._path = self.session.path(f"{self.scope.path}.{name}")

    # What a composite operator runs

    def run(self, block: Closure, value: Value, label: str) -> Value:
        """A block applied to a value, with weights of its own under `label`."""
        part = self.session.path(f"{self.scope.path}.{label}").removeprefix(f"{self.scope.path}.")
        return self.scope.evaluator.run_block(block, value, self.scope.at(part), self.span)

    def embed(self, feature: Any, set_name: str | None, combiner: str | None) -> Value:
        """A column looked up in its table of a set."""
        return self.scope.evaluator.embed(self.scope, self.span, feature, set_name, combiner)

    def topology(self, x: Value, levels: Any) -> Value:
        """A mixture of experts, run level by level."""
        return self.scope.evaluator.run_levels(levels, x, self.scope, self.span)


def _origins(*dims: tuple[Tensor, Dim]) -> list[Note]:
    """Where the widths came from, each place once."""
    notes: list[Note] = []
    for value, dim in dims:
        if not any(note.span == dim.span for note in notes):
            name = value.name if "`" in value.name else f"`{value.name}`"
            notes.append(Note(dim.span, f"{name} has width {dim} because of {dim.why}"))
    return notes
