"""The graph that towers are evaluated to: one node an operator call, and the tables that the nodes read."""

from __future__ import annotations

from typing import Any

from specc.registry.columns import Vocabulary
from specc.registry.values import Tensor, Value
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


def reference(value: Value) -> str:
    """How the graph calls a value: the id of its node, or the name of its column."""
    return value.node if isinstance(value, Tensor) else value.name
