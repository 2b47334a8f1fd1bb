"""Every call of a Program with its sizes and its cost, in the order in which a training step makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from specc.diagnostics import InternalError
from specc.ir import program as ir
from specc.targets.candidates import OverCandidates
from specc.targets.catalogue import target_of
from specc.targets.cost import CallShapes, Cost
from specc.targets.tensor import FLOAT, HALF, Tensor


@dataclass(frozen=True)
class Costed:
    """A call: what it gives and reads, by names of its own; whose it is, and whether training makes it."""

    name: str
    section: str
    blocks: tuple[str, ...]
    layer: str | None
    inputs: tuple[str, ...]
    cost: Cost
    training: bool


@dataclass(frozen=True)
class Costs:
    """The calls of a Program, and the inputs of a batch. uncounted: targets whose cost nobody counted."""

    calls: list[Costed]
    inputs: dict[str, Tensor]
    uncounted: list[str]


def costs_of(program: ir.Program, sizes: Mapping[str, int], bags: Mapping[str, int], batch: int) -> Costs:
    """What the calls of a Program cost with batches of `batch` rows.

    sizes: rows by vocabulary; those that are missing count as 0. bags: how many values a row of a column has, at most, 1
    where nothing is said.
    """
    return _Evaluation(program, sizes, bags, batch).run()


class _Evaluation:
    def __init__(self, program: ir.Program, sizes: Mapping[str, int], bags: Mapping[str, int], batch: int) -> None:
        self.program = program
        self.sizes = sizes
        self.bags = bags
        self.batch = batch
        self.layers = {layer.name: layer for layer in program.layers}
        self.tensors: dict[str, Tensor] = {}
        self.inputs: dict[str, Tensor] = {}
        self.calls: list[Costed] = []
        self.uncounted: dict[str, None] = {}
        self.reads = {call.name: call.reads for call in program.calls}
        self.networks = {network.role: network for network in program.networks}
        self.trained = self._behind("training") if "training" in self.networks else set()
        self.parts = {role: self._behind(role) for role in self.networks if role.startswith("candidates_")}

    def run(self) -> Costs:
        """All calls; those of candidates where their loss asks for them."""
        inside = {name for part in self.parts.values() for name in part}
        for one in self.program.inputs:
            if not any(one.name in self.networks[role].inputs for role in self.parts):
                self.inputs[one.name] = self._input(one, self.batch)
        self.tensors.update(self.inputs)
        self._calls(self.reads.keys() - inside, self.trained)
        outputs = self.networks["training"].outputs if "training" in self.networks else {}
        for objective in self.program.losses:
            read = outputs[objective.name]
            section = f"loss {objective.name}"
            cost = self._cost(objective.target, CallShapes([self.tensors[read]], objective.config))
            self.calls.append(Costed(section, section, (), None, (read,), cost, True))
        return Costs(self.calls, self.inputs, list(self.uncounted))

    def _calls(self, names: set[str], trained: set[str]) -> None:
        """Some steps, of which those of `trained` are made in training."""
        for call in self.program.calls:
            if call.name not in names:
                continue
            target, config, layer = self._target(call)
            positional = [name for argument in call.args for name in ir.refs(argument)]
            reads = list(positional)
            rest = [argument for argument in call.args if not any(True for _ in ir.refs(argument))]
            if isinstance(role := config.get("candidates"), ir.ModelRef):
                record = target_of(target)
                rows = record.rows(config, self.batch) if isinstance(record, OverCandidates) else self.batch
                reads.append(self._candidates(role.model, rows))
            reads = self._as_computed(call, reads, config, call.name in trained)
            config |= {name: value for name, value in call.kwargs.items() if not isinstance(value, ir.Ref)}
            cost = self._cost(target, CallShapes([self.tensors[name] for name in reads], config, rest), call.shape)
            self.tensors[call.name] = cost.result
            trains = call.name in trained
            self.calls.append(Costed(call.name, call.section, tuple(call.blocks), layer, tuple(reads), cost, trains))

    def _as_computed(self, call: ir.Call, reads: list[str], config: Mapping[str, Any], training: bool) -> list[str]:
        """What a step reads, in the type that it computes in: that of its layer, or the widest that a function reads.

        TensorFlow casts a tensor once for all that ask for the same; but each of them casts its gradient back.
        """
        if call.target == ir.CAST:
            return reads
        given = [self.tensors[name].item for name in reads]
        computed = (HALF if config.get("dtype") == ir.MIXED else FLOAT) if call.layer is not None else max(given, default=FLOAT)
        found = []
        for name in reads:
            tensor = self.tensors[name]
            if tensor.item in (HALF, FLOAT) and tensor.item != computed:
                cast = f"{name}:{computed}:{training}"
                if cast not in self.tensors:
                    self.tensors[cast] = Tensor(tensor.shape, computed)
                    cost = Cost(self.tensors[cast])
                    self.calls.append(Costed(cast, call.section, tuple(call.blocks), None, (name,), cost, training))
                name = cast
            found.append(name)
        return found

    def _target(self, call: ir.Call) -> tuple[str, dict[str, Any], str | None]:
        if call.layer is not None:
            layer = self.layers[call.layer]
            return layer.target, {key: self._value(value) for key, value in layer.config.items()}, call.layer
        if call.target is None:
            raise InternalError(f"{call.name} calls nothing")
        return call.target, {}, None

    def _candidates(self, role: str, rows: int) -> str:
        """The vectors of some candidates; the name of their tensor."""
        network = self.networks[role]
        for one in self.program.inputs:
            if one.name in network.inputs:
                self.tensors[one.name] = self._input(one, rows)
        self._calls(self.parts[role], self.parts[role])
        (vectors,) = network.outputs.values()
        return vectors

    def _input(self, one: ir.Input, rows: int) -> Tensor:
        return Tensor((rows, *(self.bags.get(one.column or "", 1) if n is None else n for n in one.shape)))

    def _value(self, value: Any) -> Any:
        if isinstance(value, ir.Size):
            return self.sizes.get(value.size, 0)
        if isinstance(value, ir.ObjectConfig):
            return value.model_copy(update={"config": {key: self._value(item) for key, item in value.config.items()}})
        if isinstance(value, ir.Catalogue):
            rows = self.sizes.get(self._catalogue_of(value.catalogue), 0)
            return Tensor((rows, *(self.bags.get(value.catalogue, 1) if n is None else n for n in value.shape)))
        return [self._value(item) for item in value] if isinstance(value, list) else value

    def _catalogue_of(self, column: str) -> str:
        """The vocabulary of the candidates that a column describes."""
        for candidates in self.program.data.candidates.values():
            if any(feature.name == column for feature in candidates.columns):
                return next(f.same or f.name for f in self.program.data.features if f.name == candidates.feature)
        raise InternalError(f"no candidates read {column}")

    def _behind(self, role: str) -> set[str]:
        """The steps that a network needs."""
        stack = list(self.networks[role].outputs.values())
        found: set[str] = set()
        while stack:
            name = stack.pop()
            if name in self.reads and name not in found:
                found.add(name)
                stack.extend(self.reads[name])
        return found

    def _cost(self, target: str, call: CallShapes, shape: list[int] | None = None) -> Cost:
        """What a call of a target costs. Where nobody counted, nothing but its result, of this shape or that of its input."""
        rule = target_of(target).cost
        if rule is not None:
            return rule(call)
        self.uncounted[target] = None
        return Cost(call.x if shape is None else Tensor((call.x.shape[0], *shape), call.x.item))
