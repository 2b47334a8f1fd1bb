"""The memory of one training step, by replaying it: forward, backward, update."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from specc.costing.calls import Costed
from specc.costing.gradient import Backward
from specc.costing.tensor import Tensor

TEMPORARY = 1  # tensors of the size of what is updated that an optimizer's formula holds at a time
HOLES = 1.1  # the memory that TensorFlow's allocator takes for a step, holes included, to what is in use
DRAWN = 3  # an initializer's random numbers, scaled and shifted, each a tensor of the table's size
# Bytes of the traced function of a step, and for each call and weight in it (`benchmarks/memory.py`, Keras 3.15 on Linux).
GRAPH, GRAPH_NODE = 28_000_000, 1_200_000


@dataclass(frozen=True)
class Update:
    """What an optimizer writes at once: a weight with its slots, or the rows of tables that share a variable.

    layers: whose. weight: bytes of a weight, None for tables. slots: numbers held for each number of it.
    """

    layers: frozenset[str]
    weight: int | None
    slots: float


@dataclass(frozen=True)
class StepMemory:
    """kept: bytes of the batch and of forward values when the way back begins, `by_call` those that each call made; peak: the
    most bytes at any time of a step; graph: of the function that TensorFlow traces it to.
    """

    kept: int
    by_call: Mapping[str, int]
    peak: int
    graph: int


class _Memory:
    """Bytes in use, and the most that ever were."""

    def __init__(self) -> None:
        self.now = 0
        self.peak = 0

    def take(self, amount: int, besides: int = 0) -> None:
        """Takes some; `besides` is given back at once."""
        self.now += amount
        self.peak = max(self.peak, self.now + besides)

    def give(self, amount: int) -> None:
        """Gives some back."""
        self.now -= amount


def step_memory(calls: Sequence[Costed], inputs: Mapping[str, Tensor], back: Backward, updates: Sequence[Update]) -> StepMemory:
    """The memory of a step of training; calls: those of it, in order."""
    replay = _Replay(calls, inputs, back)
    replay.forward()
    kept, by_call = replay.memory.now, replay.held()
    replay.held_forward = sum(by_call.values())
    replay.backward()
    for update in updates:
        replay.update(update)
    return StepMemory(
        kept,
        by_call,
        round(HOLES * replay.memory.peak),
        GRAPH + GRAPH_NODE * (sum(call.cost.nodes for call in calls) + len(updates)),
    )


class _Replay:
    def __init__(self, calls: Sequence[Costed], inputs: Mapping[str, Tensor], back: Backward) -> None:
        self.calls = calls
        self.back = back
        self.memory = _Memory()
        self.owner: dict[str, str] = {name: name for name in inputs}  # of a view: whose memory it is
        for call in calls:
            self.owner[call.name] = self.owner.get(call.inputs[0], call.inputs[0]) if call.cost.view else call.name
        self.sizes = {call.name: _arriving(call) for call in calls}  # of one gradient of it
        self.bytes = {call.name: call.cost.result.bytes for call in calls if not call.cost.view}
        self.gradients: dict[str, int] = {}  # bytes of what has arrived, by call
        self.rows: Counter[str] = Counter()  # bytes of gradients of tables' rows, by layer
        self.distinct: Counter[str] = Counter()  # the same, each row once
        self.lookups: Counter[str] = Counter()
        self.held_forward = 0
        self.keepers = Counter(name for call in calls if call.name in back.reached for name in self._kept(call))
        self.memory.take(sum(tensor.bytes for tensor in inputs.values()))

    def _kept(self, call: Costed) -> set[str]:
        names = set(call.inputs) if call.cost.keeps_inputs else set()
        if call.cost.keeps_result:
            names.add(call.name)
        return {self.owner.get(name, name) for name in names}

    def forward(self) -> None:
        """Every result until its last reader is through, and longer where a gradient reads it."""
        last = {self.owner.get(name, name): place for place, call in enumerate(self.calls) for name in call.inputs}
        for place, call in enumerate(self.calls):
            kept = call.cost.kept if call.name in self.back.reached else 0
            self.memory.take(self.bytes.get(call.name, 0) + kept, call.cost.work)
            for name in {self.owner.get(name, name) for name in call.inputs}:
                if last[name] == place and name in self.bytes and not self.keepers[name]:
                    self.memory.give(self.bytes.pop(name))

    def held(self) -> dict[str, int]:
        """By call: its result where it is still there, and what its gradient reads besides."""
        kept = {call.name: call.cost.kept for call in self.calls if call.name in self.back.reached}
        return {call.name: self.bytes.get(call.name, 0) + kept.get(call.name, 0) for call in self.calls}

    def backward(self) -> None:
        """From the losses: a gradient arrives from each reader of a value, and goes when its call is through.

        What is equally far from the losses is computed at the same time: TensorFlow takes what is ready in turn.
        """
        for calls in self._levels():
            free = 0
            for call in calls:
                arrived = self.gradients.pop(call.name, 0)
                targets = self.back.inputs(call)
                if call.cost.in_place and targets:
                    self.gradients[targets[0]] = self.gradients.get(targets[0], 0) + arrived
                    arrived = 0
                else:
                    for name in targets:
                        self.gradients[name] = self.gradients.get(name, 0) + self.sizes[name]
                    self.memory.take(sum(self.sizes[name] for name in targets) + self._weights(call))
                free += arrived + call.cost.kept
                for name in self._kept(call):
                    self.keepers[name] -= 1
                    if not self.keepers[name] and name in self.bytes:
                        free += self.bytes.pop(name)
            self.memory.take(0, sum(call.cost.back_work for call in calls))
            self.memory.give(free)

    def _levels(self) -> list[list[Costed]]:
        """The calls that the gradient reaches, by their distance from the losses."""
        distance: dict[str, int] = {}
        levels: list[list[Costed]] = []
        for call in reversed(self.calls):
            if call.name not in self.back.reached:
                continue
            here = distance.get(call.name, 0)
            while len(levels) <= here:
                levels.append([])
            levels[here].append(call)
            for name in self.back.inputs(call):
                distance[name] = max(distance.get(name, 0), here + 1)
        return levels

    def _weights(self, call: Costed) -> int:
        if call.cost.rows and call.layer is not None:
            (table,) = call.cost.trained
            row = table.width * table.item
            self.rows[call.layer] += call.cost.rows * row
            self.distinct[call.layer] = min(self.distinct[call.layer] + call.cost.distinct * row, table.bytes)
            self.lookups[call.layer] += 1
            return call.cost.rows * row
        return sum(weight.bytes for weight in call.cost.trained)

    def update(self, update: Update) -> None:
        """A weight's slots are there already; of tables the rows of the step are read, with their slots, and written.

        Little of that fits in what the forward values leave: TensorFlow's allocator on the CPU gives nothing back, and its
        holes are of other sizes.
        """
        if update.weight is not None:
            self.memory.take(0, TEMPORARY * update.weight)
            return
        several = sum(self.lookups[layer] for layer in update.layers) > 1
        together = sum(self.rows[layer] for layer in update.layers) if several else 0
        distinct = sum(self.distinct[layer] for layer in update.layers)
        self.memory.take(
            0, self.held_forward + int(together + distinct * (2 + update.slots + TEMPORARY))
        )  # 2: their sums, and the rows


def _arriving(call: Costed) -> int:
    return call.cost.result.bytes if call.cost.arrives is None else call.cost.arrives
