"""A mixture topology, level by level: what `experts` writes out, and what `ple`, `cgc` and `mmoe` expand to."""

from __future__ import annotations

from typing import Any

from specc.registry.common import MAX_COPIES
from specc.registry.component import BoundArguments
from specc.registry.op import Op, OpContext
from specc.registry.values import Value
from specc.text import Span


class Expert:
    """A block, side by side `copies` times with weights of its own each time."""

    __slots__ = ("block", "copies")

    def __init__(self, block: Any, copies: int = 1) -> None:
        self.block = block
        self.copies = copies


def times(experts: list[Expert], count: int) -> list[Expert]:
    """A group as often as `count` says: `2 * mlp(8)` twice is `4 * mlp(8)`."""
    if len(experts) == 1:
        return [Expert(experts[0].block, experts[0].copies * count)]
    return experts * min(count, MAX_COPIES // len(experts) + 1)  # more than a group may have is then refused


class Gate:
    """A softmax mixture over the experts of some groups.

    `pipeline` is the written form, which says all by itself; the other fields are what a library form says instead.
    `by` is `level` (the gate reads what its own name gave in the level before) or `input` (the first input of the topology).
    """

    __slots__ = ("block", "by", "metrics", "pipeline", "reads", "temperature")

    def __init__(
        self,
        reads: list[str],
        *,
        block: Any = None,
        temperature: float = 1.0,
        by: str = "level",
        metrics: bool = False,
        pipeline: Any = None,
    ) -> None:
        self.reads = reads
        self.block = block
        self.temperature = temperature
        self.by = by
        self.metrics = metrics
        self.pipeline = pipeline

    def arguments(self, first_input: Value, span: Span) -> BoundArguments:
        """Those of the mixture that the gate is: `specc.registry.implied.MIXTURE`."""
        by = first_input if self.by == "input" else None
        given = {"gate": self.block, "temperature": self.temperature, "by": by, "gate_metrics": self.metrics}
        return BoundArguments(span, given, {})


class Level:
    """Groups of experts, and the gates that mix them. A group reads what the gate of its name gave in the level before.

    `places` says where each `("group" | "gate", name)` is written; a library form has none.
    """

    __slots__ = ("gates", "groups", "places")

    def __init__(
        self,
        groups: dict[str, list[Expert]],
        gates: dict[str, Gate],
        places: dict[tuple[str, str], Span] | None = None,
    ) -> None:
        self.groups = groups
        self.gates = gates
        self.places = places or {}


class SharedBlock(Op):
    """An operator that stands for one block on its input, whose value is every field of a record."""

    def expansion(self, a: BoundArguments) -> tuple[list[str], Any]:
        """The names of the fields, and the block."""
        raise NotImplementedError(self.name)


class Topology(Op):
    """An operator that stands for a topology: it gives a record with a field for each task."""

    def expansion(self, a: BoundArguments) -> list[Level]:
        """The levels that the operator stands for, which `specc expand` prints."""
        raise NotImplementedError(self.name)

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """A record with a field for each gate of the last level."""
        return ctx.topology(x, self.expansion(a))
