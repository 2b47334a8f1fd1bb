"""Adds up what the calls of a Program cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from specc.analysis.calls import Costed, costs_of
from specc.analysis.gradient import backward
from specc.analysis.memory import TrainingMemory, training_memory
from specc.analysis.report import CostReport, Memory, PartCost, TableCost
from specc.analysis.sizes import bag_columns, open_sizes
from specc.analysis.slots import clips_all, decays, early, filled, formula, is_counted, optimizer_of
from specc.analysis.slots import slots as slots_of
from specc.analysis.updates import Update
from specc.ir import program as ir
from specc.targets.catalogue import target_of

NUMBER, OFFSET = 4, 8  # bytes: of an id or a number, and of where a row of many begins


def report(
    program: ir.Program,
    sizes: Mapping[str, int],
    bags: Mapping[str, int],
    batch: int,
    rows: int | None = None,
) -> CostReport:
    """The report on a Program.

    sizes: rows by vocabulary, of those that data decide; what is missing is left out, and named. bags: values a row by column,
    1 where nothing is said. rows: how many there are to train on.
    """
    decided = open_sizes(program)
    known = {name: size for name, size in program.sizes.items() if size is not None}
    known |= {name: size for name, size in sizes.items() if name in decided}
    return _Sums(program, known, bags, batch).report(rows)


class _Sums:
    def __init__(self, program: ir.Program, sizes: Mapping[str, int], bags: Mapping[str, int], batch: int) -> None:
        self.program = program
        self.sizes = sizes
        self.bags = {name: bags.get(name, 1) for name in bag_columns(program)}
        self.batch = batch
        costs = costs_of(program, sizes, self.bags, batch)
        self.calls = costs.calls
        optimizers = [program.training.optimizer, *(group.optimizer for group in program.training.groups)]
        held = [one.target for one in optimizers if not is_counted(one)]
        self.uncounted = list(dict.fromkeys([*costs.uncounted, *held]))
        training = [call for call in self.calls if call.training]
        self.back = backward(training)
        self.trained = {call.layer for call in training if call.layer is not None}
        self.targets = {layer.name: layer.target for layer in program.layers}
        self.users: dict[str, list[Costed]] = {}  # the calls of each layer
        for call in self.calls:
            if call.layer is not None:
                self.users.setdefault(call.layer, []).append(call)
        self.updates: list[Update] = []
        self.step: TrainingMemory | None = None
        if training:
            names = {name for network in program.networks if network.role == "training" for name in network.inputs}
            inputs = {name: tensor for name, tensor in costs.inputs.items() if name in names}
            self.updates = self._updates()
            self.step = training_memory(training, inputs, self.back, self.updates)

    def report(self, rows: int | None) -> CostReport:
        """Everything, added up."""
        tables = self._tables()
        parts = self._parts()
        return CostReport(
            name=self.program.name,
            batch=self.batch,
            tables=tables,
            parts=parts,
            blocks=self._blocks(),
            parameters=sum(table.parameters for table in tables) + sum(part.parameters for part in parts),
            fixed_parameters=sum(weight.size for calls in self.users.values() for weight in calls[0].cost.fixed),
            forward_flops=sum(part.forward_flops for part in parts),
            step_flops=sum(part.step_flops for part in parts),
            memory=self._memory(tables),
            data_row=self._data_row(),
            data_rows=rows,
            unknown=[name for name in self.program.sizes if name not in self.sizes],
            bags=self.bags,
            uncounted=self.uncounted,
        )

    # Weights

    def _is_table(self, layer: str) -> bool:
        return target_of(self.targets[layer]).is_table

    def _parameters(self, layer: str) -> int:
        return sum(weight.size for weight in self.users[layer][0].cost.trained)

    def _slots(self, layer: str) -> list[int]:
        """Bytes of each slot of a layer's weights; none where no training step calls it."""
        if layer not in self.trained:
            return []
        optimizer = optimizer_of(self.program.training, layer)
        table = self._is_table(layer)
        return [one for weight in self.users[layer][0].cost.trained for one in slots_of(optimizer, weight, table)]

    def _tables(self) -> list[TableCost]:
        found = []
        for layer in self.program.layers:
            if not self._is_table(layer.name) or layer.name not in self.users:
                continue
            size = layer.config["rows"]
            vocabulary = size.size if isinstance(size, ir.Size) else layer.name
            (weight,) = self.users[layer.name][0].cost.trained
            optimizer = formula(optimizer_of(self.program.training, layer.name))
            found.append(
                TableCost(
                    name=layer.name,
                    vocabulary=vocabulary,
                    rows=self.sizes.get(vocabulary),
                    dim=weight.width,
                    parameters=weight.size,
                    bytes=weight.bytes,
                    slot_bytes=sum(self._slots(layer.name)),
                    optimizer=optimizer if layer.name in self.trained else "",
                )
            )
        return found

    # By declaration

    def _parts(self) -> list[PartCost]:
        """In the order of the spec, losses last; a block that several share is a part of its own."""
        kinds = {section.name: section.kind for section in self.program.sections}
        owned: dict[str, int] = {}
        for layer in self.users:
            if not self._is_table(layer):
                owner = self._owner(self.users[layer])
                owned[owner] = owned.get(owner, 0) + self._parameters(layer)
        sections = [*kinds, *(call.section for call in self.calls), *owned]
        return [
            self._part(name, kinds.get(name, ""), owned.get(name, 0), [call for call in self.calls if call.section == name])
            for name in dict.fromkeys(sections)
        ]

    def _owner(self, users: list[Costed]) -> str:
        """Whose a layer is: the declaration that alone calls it, else the innermost block around all calls, else the first."""
        if len({call.section for call in users}) > 1:
            for block in reversed(users[0].blocks):
                if all(block in call.blocks for call in users):
                    return f"block {block}"
        return users[0].section

    def _blocks(self) -> list[PartCost]:
        """Every declared block, over all its uses: parts of the declarations, and not to be added to them."""
        names = dict.fromkeys(block for call in self.calls for block in call.blocks)
        found = []
        for name in names:
            calls = [call for call in self.calls if name in call.blocks]
            layers = {call.layer for call in calls if call.layer is not None}
            parameters = sum(self._parameters(layer) for layer in layers if not self._is_table(layer))
            found.append(self._part(name, "block", parameters, calls))
        return found

    def _part(self, name: str, kind: str, parameters: int, calls: list[Costed]) -> PartCost:
        held = self.step.by_call if self.step is not None else {}
        return PartCost(
            name=name,
            kind=kind,
            parameters=parameters,
            forward_flops=_forward(calls),
            step_flops=sum(_forward([call]) + self.back.flops(call) for call in calls if call.training),
            activation_bytes=sum(held.get(call.name, 0) for call in calls),
        )

    # Memory

    def _updates(self) -> list[Update]:
        """What the optimizers write at once: tables that share a variable, and every other weight."""
        tables = [layer for layer in self.trained if self._is_table(layer)]
        shared = [frozenset(group) & self.trained for group in self.program.table_groups]
        alone = [frozenset({layer}) for layer in tables if not any(layer in group for group in shared)]
        found = []
        for group in (*shared, *alone):
            weights = tuple(self.users[layer][0].cost.trained[0].bytes for layer in group)
            slots = tuple(map(sum, zip(*(self._slots(layer) for layer in group), strict=True)))
            optimizer = optimizer_of(self.program.training, min(group))  # the same of all
            found.append(Update(group, weights, slots, True, filled=filled(optimizer), early=early(optimizer)))
        for layer in sorted(self.trained - set(tables)):
            optimizer = optimizer_of(self.program.training, layer)
            for place, weight in enumerate(self.users[layer][0].cost.trained):
                slots = tuple(slots_of(optimizer, weight, False))
                how = (decays(optimizer), clips_all(optimizer), filled(optimizer))
                found.append(Update(frozenset({layer}), (weight.bytes,), slots, False, *how, place=place))
        return found

    def _memory(self, tables: list[TableCost]) -> Memory:
        dense = [layer for layer in self.users if not self._is_table(layer)]
        weights = sum(weight.bytes for layer in dense for weight in self.users[layer][0].cost.trained)
        fixed = sum(weight.bytes for calls in self.users.values() for weight in calls[0].cost.fixed)
        table_bytes, held = sum(table.bytes for table in tables), sum(table.slot_bytes for table in tables)
        step = self.step or TrainingMemory(0, {}, 0, 0, 0)
        return Memory(
            tables=table_bytes,
            table_slots=held,
            weights=weights,
            weight_slots=sum(sum(self._slots(layer)) for layer in dense),
            fixed=fixed,
            best=self._best(table_bytes + weights + fixed),
            activations=step.kept,
            gradients=step.peak - step.kept,
            graph=step.graph,
            idle=step.idle,
        )

    def _best(self, copied: int) -> int:
        """What a copy of all weights takes when a better one comes: both, and the variable that is being copied once more."""
        if self.program.training.monitor is None:
            return 0
        return 2 * copied + max((update.bytes for update in self.updates), default=0)

    def _data_row(self) -> int:
        """Bytes of an encoded row: ids and numbers of 4 bytes, with an offset where there may be many, labels and weights."""
        names = {name for network in self.program.networks if network.role in ("model", "training") for name in network.inputs}
        row = 0
        for one in self.program.inputs:
            if one.name not in names or one.column is None:
                continue
            values = 1
            for length in one.shape:
                values *= self.bags.get(one.column, 1) if length is None else length
            row += NUMBER * values + (OFFSET if _ragged(one.column, self.program) else 0)
        return row + 2 * NUMBER * len(self.program.objectives)


def _ragged(column: str, program: ir.Program) -> bool:
    return any(feature.name == column and feature.shape in ("bag", "sequence") for feature in program.data.features)


def _forward(calls: Iterable[Costed]) -> int:
    return sum(call.cost.products + call.cost.elementwise for call in calls)
