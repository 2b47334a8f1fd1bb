"""Adds up what the calls of a Program cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from specc.analysis.calls import Costed, costs_of
from specc.analysis.gradient import backward
from specc.analysis.memory import drawing, gradients, graph, kept_by_call
from specc.analysis.report import CostReport, Memory, PartCost, TableCost
from specc.analysis.sizes import bag_columns, open_sizes
from specc.analysis.slots import formula, is_counted
from specc.analysis.weights import weights_of
from specc.ir import program as ir

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
        self.training = [call for call in self.calls if call.training]
        self.back = backward(self.training)
        self.kept = kept_by_call(self.training, self.back)
        self.weights = weights_of(program, self.calls)
        names = {name for network in program.networks if network.role == "training" for name in network.inputs}
        self.batch_bytes = sum(tensor.bytes for name, tensor in costs.inputs.items() if name in names)
        self.users: dict[str, list[Costed]] = {}  # the calls of each layer
        for call in self.calls:
            if call.layer is not None:
                self.users.setdefault(call.layer, []).append(call)

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
            fixed_parameters=sum(weight.size for one in self.weights.values() for weight in one.fixed),
            forward_flops=sum(part.forward_flops for part in parts),
            step_flops=sum(part.step_flops for part in parts),
            memory=self._memory(),
            data_row=self._data_row(),
            data_rows=rows,
            unknown=[name for name in self.program.sizes if name not in self.sizes],
            bags=self.bags,
            uncounted=self.uncounted,
        )

    def _tables(self) -> list[TableCost]:
        found = []
        for layer in self.program.layers:
            table = self.weights.get(layer.name)
            if table is None or not table.table:
                continue
            size = layer.config["rows"]
            vocabulary = size.size if isinstance(size, ir.Size) else layer.name
            found.append(
                TableCost(
                    name=layer.name,
                    vocabulary=vocabulary,
                    rows=self.sizes.get(vocabulary),
                    dim=table.trained[0].width,
                    parameters=table.parameters,
                    bytes=table.bytes,
                    slot_bytes=table.slots,
                    optimizer="" if table.optimizer is None else formula(table.optimizer),
                )
            )
        return found

    # By declaration

    def _parts(self) -> list[PartCost]:
        """In the order of the spec, losses last; a block that several share is a part of its own."""
        kinds = {section.name: section.kind for section in self.program.sections}
        owned: dict[str, int] = {}
        for layer, users in self.users.items():
            if not self.weights[layer].table:
                owner = self._owner(users)
                owned[owner] = owned.get(owner, 0) + self.weights[layer].parameters
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
            held = [self.weights[layer] for layer in {call.layer for call in calls if call.layer is not None}]
            parameters = sum(one.parameters for one in held if not one.table)
            found.append(self._part(name, "block", parameters, calls))
        return found

    def _part(self, name: str, kind: str, parameters: int, calls: list[Costed]) -> PartCost:
        return PartCost(
            name=name,
            kind=kind,
            parameters=parameters,
            forward_flops=_forward(calls),
            step_flops=sum(_forward([call]) + self.back.flops(call) for call in calls if call.training),
            activation_bytes=sum(self.kept.get(call.name, 0) for call in calls),
        )

    def _memory(self) -> Memory:
        tables = [one for one in self.weights.values() if one.table]
        dense = [one for one in self.weights.values() if not one.table]
        held = Memory(
            tables=sum(one.bytes for one in tables),
            table_slots=sum(one.slots for one in tables),
            weights=sum(one.bytes for one in dense),
            weight_slots=sum(one.slots for one in dense),
            fixed=sum(one.fixed_bytes for one in self.weights.values()),
        )
        if not self.training:
            return held
        return replace(
            held,
            # Those of the best epoch, and of a better one while they take their place.
            best=2 * (held.tables + held.weights + held.fixed) if self.program.training.monitor is not None else 0,
            activations=self.batch_bytes + sum(self.kept.values()),
            gradients=gradients(self.training, self.back, self.weights.values()),
            drawing=drawing(self.weights.values()),
            graph=graph(self.training, self.weights.values()),
        )

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
        return row + 2 * NUMBER * len(self.program.losses)


def _ragged(column: str, program: ir.Program) -> bool:
    return any(feature.name == column and feature.shape in ("bag", "sequence") for feature in program.data.features)


def _forward(calls: Iterable[Costed]) -> int:
    return sum(call.cost.products + call.cost.elementwise for call in calls)
