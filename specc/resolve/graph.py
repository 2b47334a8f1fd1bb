"""The graph that towers are evaluated to: one node an operator call, the tables that nodes read, and what is predicted."""

from __future__ import annotations

from typing import Any

from specc.registry.columns import Vocabulary
from specc.registry.values import Scale, Tensor, Value
from specc.text import Span


class GraphNode:
    """An operator call. `inputs` maps a role to a node or column name, or a list of them; `weights` is the path that owns its
    weights (its own id, unless a `shared` block was used), `blocks` are the declared ones around it, from the outermost."""

    __slots__ = ("blocks", "config", "id", "inputs", "op", "owner", "shape", "span", "type", "weights")

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
        blocks: tuple[str, ...] = (),
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
        self.blocks = blocks


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


class Head:
    """A prediction: the node that gives it, on its scale."""

    __slots__ = ("name", "node", "scale", "span")

    def __init__(self, name: str, node: str, scale: Scale, span: Span) -> None:
        self.name = name
        self.node = node
        self.scale = scale
        self.span = span


def reference(value: Value) -> str:
    """How the graph calls a value: the id of its node, or the name of its column."""
    return value.node if isinstance(value, Tensor) else value.name
