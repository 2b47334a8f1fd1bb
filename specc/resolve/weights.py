"""Which nodes own weights: those that are lowered to a layer that does. Nothing is lowered for good here."""

from __future__ import annotations

from typing import Any

from specc import registry
from specc.registry.building import Lowered, Node
from specc.registry.op import Op
from specc.resolve.graph import GraphNode
from specc.resolve.session import Session
from specc.targets.weights import owns_weights


def has_weights(node: GraphNode, session: Session) -> bool:
    """Whether a node makes weights that a loss can teach (tables are those of columns)."""
    op = registry.find("ops", node.op)
    assert isinstance(op, Op)
    inputs = {
        role: [_lowered(ref, session) for ref in refs] if isinstance(refs, list) else _lowered(refs, session)
        for role, refs in node.inputs.items()
    }
    targets = _Targets()
    op.lower(Node(node.id, node.config, inputs, node.shape), targets)
    return any(map(owns_weights, targets.found))


def _lowered(ref: str, session: Session) -> Lowered:
    """What stands for a node or column: with a mask where it is a sequence or a bag."""
    node = session.nodes.get(ref)
    many = session.columns[ref].shape != "scalar" if node is None else node.type == "sequence"
    return Lowered(ref, f"{ref}.mask" if many else None)


class _Targets:
    """A builder (`specc.registry.building.Build`) that builds nothing, and notes the layers that are asked for."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def layer(
        self,
        target: str,
        *inputs: Any,
        suffix: str = "",
        last: bool = False,
        call: dict[str, Any] | None = None,
        **config: Any,
    ) -> str:
        self.found.add(target)
        return target

    def op(self, target: str, *inputs: Any, suffix: str = "", **config: Any) -> str:
        return target

    def lookup(self, table: str, ids: str, combiner: str | None = None) -> str:
        return table

    def number(self, name: str) -> str:
        return name

    def report(self, weights: str) -> None:
        pass
