"""The memory of training, by replaying it on TensorFlow's allocator: tables and slots are made, then steps are taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from specc.analysis.allocator import Allocator, Chunk
from specc.analysis.calls import Costed
from specc.analysis.gradient import Backward
from specc.analysis.updates import Update, Variables
from specc.targets.cost import each
from specc.targets.tensor import Tensor

STEPS = 6  # after which the allocator hardly takes more
MISSED = 1.06  # what a step takes, as measured, to what is replayed: two threads mix the order more than turns do
# Bytes of the traced function of a step, and for each call and weight in it (`benchmarks/memory.py`, Keras 3.15 on Linux).
GRAPH, GRAPH_NODE = 28_000_000, 1_200_000
THREADS, PACKED = 2, 10_000_000  # bytes that products pack their operands into, of malloc, which keeps them for each thread


@dataclass(frozen=True)
class TrainingMemory:
    """kept: bytes of the batch and of forward values when the way back begins, `by_call` those that each call made; peak: the
    most bytes in use at any time of a step, without variables; idle: what the allocator holds besides; graph: of the function
    that TensorFlow traces a step to, and of its kernels.
    """

    kept: int
    by_call: Mapping[str, int]
    peak: int
    idle: int
    graph: int


def training_memory(
    calls: Sequence[Costed], inputs: Mapping[str, Tensor], back: Backward, updates: Sequence[Update]
) -> TrainingMemory:
    """The memory of training; calls: those of a step, in order."""
    memory = Allocator()
    held = Variables(updates, memory)
    variables, memory.peak = memory.in_use, memory.in_use
    for turn in range(STEPS):
        step = _Step(calls, inputs, back, updates, held)
        step.run(late=turn % 2 == 0)
    peak = memory.peak - variables
    return TrainingMemory(
        step.kept,
        step.by_call,
        peak,
        round(MISSED * (memory.taken - variables)) - peak,
        GRAPH + GRAPH_NODE * (sum(call.cost.nodes for call in calls) + len(updates)) + _packed(calls, inputs),
    )


def _packed(calls: Sequence[Costed], inputs: Mapping[str, Tensor]) -> int:
    """What products of matrices take for a moment, each thread one: parts of the operands, never more than they are."""
    tensors = {**inputs, **{call.name: call.cost.result for call in calls}}
    operands = [
        sum(tensor.bytes for tensor in (*(tensors[name] for name in call.inputs), *call.cost.trained))
        for call in calls
        if call.cost.products
    ]
    return THREADS * min(max(operands, default=0), PACKED)


class _Step:
    """One step of training: forward, backward, update."""

    def __init__(
        self,
        calls: Sequence[Costed],
        inputs: Mapping[str, Tensor],
        back: Backward,
        updates: Sequence[Update],
        variables: Variables,
    ) -> None:
        self.calls = calls
        self.back = back
        self.updates = updates
        self.variables = variables
        memory = self.memory = variables.memory
        self.dense: dict[str, list[Update]] = {}  # by layer, in the order of its weights
        for update in updates:
            if not update.table:
                (layer,) = update.layers
                self.dense.setdefault(layer, []).append(update)
        self.uses = Counter(call.layer for call in calls if call.layer in self.dense and call.name in back.reached)
        self.owner: dict[str, str] = {name: name for name in inputs}  # of a view: whose memory it is
        for call in calls:
            self.owner[call.name] = self.owner.get(call.inputs[0], call.inputs[0]) if call.cost.view else call.name
        self.sizes = {call.name: _arriving(call) for call in calls}  # of one gradient of it
        self.values: dict[str, Chunk] = {}  # results of calls
        self.saved: dict[str, list[Chunk]] = {}  # what else the gradient of a call reads
        self.gradients: dict[str, list[Chunk]] = {}  # that have arrived, by call
        self.learned: dict[str, list[Chunk]] = {}  # gradients of tables' rows, by layer
        self.weights: dict[Update, list[Chunk]] = {}  # gradients of another weight, one of each call
        self.rows: Counter[str] = Counter()  # bytes of gradients of tables' rows, by layer
        self.distinct: Counter[str] = Counter()  # the same, each row once
        self.lookups: Counter[str] = Counter()
        self.keepers = Counter(name for call in calls if call.name in back.reached for name in self._kept(call))
        self.batch = [memory.take(tensor.bytes) for tensor in inputs.values()]
        self.kept = 0
        self.by_call: dict[str, int] = {}

    def run(self, late: bool) -> None:
        """All of it; at the end everything is given back. TensorFlow runs what is ready, in no fixed order: `late`, rows of
        tables are read when the optimizer needs them, otherwise as soon as the ids are known, and gradients come the other way
        round.
        """
        before = self.memory.in_use - sum(chunk.asked or 0 for chunk in self.batch)
        decayed = [chunk for update in self.updates if update.decays for chunk in self.variables.decay(update)]
        self.forward()
        self.kept = self.memory.in_use - before - sum(chunk.asked or 0 for chunk in decayed)
        self.by_call = {
            call.name: sum(chunk.asked or 0 for chunk in (*self.saved.get(call.name, []), self.values.get(call.name)) if chunk)
            for call in self.calls
        }
        self.count_rows()
        rows = {} if late else {update: self.read_rows(update) for update in self.updates if update.table}
        self.backward(late)
        if late:
            rows = {update: self.read_rows(update) for update in self.updates if update.table}
        for update, gradients in self.weights.items():  # those that wait, and of layers without a use in the end none
            for chunk in (*self.variables.write(update, gradients[0]), *gradients[1:]):
                self.memory.give(chunk)
        for update in self.updates:
            if update.table:
                self.update(update, rows.get(update, []))
        arrived = chain.from_iterable((*self.gradients.values(), *self.learned.values()))
        for chunk in (*decayed, *self.batch, *self.values.values(), *chain.from_iterable(self.saved.values()), *arrived):
            self.memory.give(chunk)

    def _kept(self, call: Costed) -> set[str]:
        names = set(call.inputs) if call.cost.keeps_inputs else set()
        if call.cost.keeps_result:
            names.add(call.name)
        return {self.owner.get(name, name) for name in names}

    def forward(self) -> None:
        """Every result until its last reader is through, and longer where a gradient reads it."""
        last = {self.owner.get(name, name): place for place, call in enumerate(self.calls) for name in call.inputs}
        for place, call in enumerate(self.calls):
            if not call.cost.view:
                self.values[call.name] = self.memory.take(call.cost.result.bytes)
            if call.cost.kept and call.name in self.back.reached:
                self.saved[call.name] = [self.memory.take(size) for size in each(call.cost.kept)]
            for chunk in [self.memory.take(size) for size in each(call.cost.work)]:
                self.memory.give(chunk)
            for name in {self.owner.get(name, name) for name in call.inputs}:
                if last[name] == place and name in self.values and not self.keepers[name]:
                    self.memory.give(self.values.pop(name))

    def backward(self, late: bool) -> None:
        """From the losses: a gradient arrives from each reader of a value, and goes when its call is through.

        What is equally far from the losses is computed at the same time: TensorFlow takes what is ready in turn.
        """
        for calls in self._levels():
            calls = calls if late else calls[::-1]
            free: list[Chunk] = []
            for call in calls:
                arrived = self.gradients.pop(call.name, [])
                targets = self.back.inputs(call)
                if call.cost.in_place and targets:
                    self.gradients.setdefault(targets[0], []).extend(arrived)
                    arrived = []
                else:
                    for name in targets:
                        self.gradients.setdefault(name, []).append(self.memory.take(self.sizes[name]))
                    free += self._learn(call)
                free += arrived
                free += self.saved.pop(call.name, [])
                for name in self._kept(call):
                    self.keepers[name] -= 1
                    if not self.keepers[name] and name in self.values:
                        free.append(self.values.pop(name))
            for chunk in [self.memory.take(size) for call in calls for size in each(call.cost.back_work)]:
                self.memory.give(chunk)
            for chunk in free:
                self.memory.give(chunk)

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

    def _learn(self, call: Costed) -> list[Chunk]:
        """The gradients of a call's weights arrive; when those of all calls of a layer have, its dense weights are written.

        Returns what may be given back when the calls beside it are through.
        """
        if call.layer is None or not call.cost.trained:
            return []
        if call.layer not in self.dense:
            (table,) = call.cost.trained
            size = call.cost.rows * table.width * table.item if call.cost.rows else table.bytes
            self.learned.setdefault(call.layer, []).append(self.memory.take(size))
            return []
        self.uses[call.layer] -= 1
        free = []
        for update in self.dense[call.layer]:
            self.weights.setdefault(update, []).append(self.memory.take(update.bytes))
            if self.uses[call.layer]:
                continue
            if update.waits:
                self.variables.norm(update)
                continue
            gradient, *others = self.weights.pop(update)
            free += [*self.variables.write(update, gradient), *others]
        return free

    def count_rows(self) -> None:
        """Which rows of tables the step meets."""
        for call in self.calls:
            if call.cost.rows and call.layer is not None and call.name in self.back.reached:
                (table,) = call.cost.trained
                row = table.width * table.item
                self.rows[call.layer] += call.cost.rows * row
                self.distinct[call.layer] = min(self.distinct[call.layer] + call.cost.distinct * row, table.bytes)
                self.lookups[call.layer] += 1

    def read_rows(self, update: Update) -> list[Chunk]:
        """The rows of tables that the batch meets, with their slots, and what is computed of these alone."""
        distinct = sum(self.distinct[layer] for layer in update.layers)
        slots = [distinct * slot // max(sum(update.weights), 1) for slot in update.slots]
        return [self.memory.take(size) for size in (distinct, *slots, *[distinct] * update.early)]

    def update(self, update: Update, rows: list[Chunk]) -> None:
        """The gradients of a row are added up, then the rows are computed anew and written."""
        distinct = sum(self.distinct[layer] for layer in update.layers)
        several = sum(self.lookups[layer] for layer in update.layers) > 1
        together = sum(self.rows[layer] for layer in update.layers) if several else 0
        beside = distinct if len(update.slots) > 1 else 0  # two slots are computed anew at the same time
        for chunk in [*rows, *(self.memory.take(size) for size in (max(together, beside), distinct, distinct))]:
            self.memory.give(chunk)


def _arriving(call: Costed) -> int:
    return call.cost.result.bytes if call.cost.arrives is None else call.cost.arrives
