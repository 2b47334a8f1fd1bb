"""Whether a Program holds together, and names nothing but what a Program may call: asked of what comes from a file.

A Program that specc made is right by construction. One that was saved may have been edited, or come from a stranger: targets
must be in the catalogue, arguments of their types, and every reference must be to something that is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from specc.ir import program as ir
from specc.ir.base import Expression
from specc.ir.check_data import data_problems, expression_problems
from specc.targets.catalogue import targets
from specc.targets.target import Target
from specc.targets.types import (
    Array,
    Choice,
    Condition,
    ListOf,
    LossNames,
    MappingOf,
    Network,
    ObjectOf,
    Result,
    Results,
    Type,
)

MAX_DEPTH = 20  # of objects in the arguments of objects
NONE: Mapping[str, Type] = {}
DTYPE = {"dtype": Choice(ir.MIXED)}  # what every layer takes


def problems(program: ir.Program) -> list[str]:
    """What is wrong with a Program, each with its place; nothing when all is well."""
    return list(_Check(program).run())


class _Check:
    def __init__(self, program: ir.Program) -> None:
        self.program = program
        self.layers = {layer.name: layer for layer in program.layers}
        self.inputs = {tensor.name for tensor in program.inputs}
        self.roles = {network.role for network in program.networks}

    def run(self) -> Iterator[str]:
        """All problems, in the order of the file."""
        yield from self._sizes()
        yield from self._layers()
        yield from self._calls()
        yield from self._networks()
        yield from self._losses()
        yield from self._training()
        yield from data_problems(self.program, self._arguments)

    # Arguments

    def _arguments(
        self,
        place: str,
        path: str,
        kind: str,
        config: Mapping[str, Any],
        *,
        depth: int = 0,
        more: Mapping[str, Type] = NONE,
    ) -> Iterator[str]:
        """The problems of an object of some kind and its configuration."""
        target = targets().get(path)
        if target is None or target.kind != kind:
            yield f"{place}: `{path}` is not among the targets of the kind {kind} that a program may call"
            return
        if depth > MAX_DEPTH:
            yield f"{place}: objects stand more than {MAX_DEPTH} deep inside each other"
            return
        types = {**target.arguments, **more}
        for name, value in config.items():
            if name not in types:
                yield f"{place}: `{path}` has no argument `{name}`"
            else:
                yield from self._value(f"{place}.{name}", types[name], value, depth)
        for name in sorted(target.required - config.keys()):
            yield f"{place}: `{path}` needs `{name}`"

    def _value(self, place: str, type: Type, value: Any, depth: int) -> Iterator[str]:
        if isinstance(type, ListOf) and isinstance(value, list) and not type.accepts(value):
            for number, item in enumerate(value):
                yield from self._value(f"{place}[{number}]", type.item, item, depth)
        elif isinstance(type, MappingOf) and isinstance(value, Mapping) and not type.accepts(value):
            for name, item in value.items():
                yield from self._value(f"{place}.{name}", type.item, item, depth)
        elif isinstance(value, ir.ObjectConfig):
            if isinstance(type, ObjectOf):
                yield from self._arguments(place, value.target, type.kind, value.config, depth=depth + 1)
            else:
                yield f"{place}: {type.name} is needed, and not an object"
        elif isinstance(value, Expression) and isinstance(type, Condition):
            yield from expression_problems(place, value)
        elif not (type.accepts(value) or self._decided(type, value)):
            yield f"{place}: {type.name} is needed"

    def _decided(self, type: Type, value: Any) -> bool:
        """Whether a value that is known when the program runs is of a type, and refers to something that is there."""
        data = self.program.data
        if isinstance(value, ir.Size):
            return type.accepts(1) and value.size in self.program.sizes
        if isinstance(value, ir.ModelRef):
            return isinstance(type, Network) and value.model in self.roles
        if isinstance(type, LossNames):
            return isinstance(value, list) and value == [one.name for one in self.program.losses]
        if not isinstance(type, Array):
            return False
        if isinstance(value, ir.Counts):
            return value.counts in data.candidates
        if isinstance(value, ir.CandidateIds):
            return value.candidates in data.candidates
        if isinstance(value, ir.Catalogue):
            named = {feature.name for one in data.candidates.values() for feature in one.columns}
            return value.catalogue in named and value.dtype in ("int32", "float32") and shape_is_good(value.shape)
        return False

    # The network

    def _sizes(self) -> Iterator[str]:
        for name, size in self.program.sizes.items():
            if size is not None and not 0 < size < 2**31:
                yield f"sizes.{name}: a whole number from 1 to 2^31 is needed"
        for tensor in self.program.inputs:
            if not shape_is_good(tensor.shape):
                yield f"inputs.{tensor.name}: the shape is not one of a column"

    def _layers(self) -> Iterator[str]:
        yield from twice("layers", [layer.name for layer in self.program.layers])
        for layer in self.program.layers:
            yield from named(f"layers.{layer.name}", layer.name)
            yield from self._arguments(f"layers.{layer.name}", layer.target, "layer", layer.config, more=DTYPE)

    def _calls(self) -> Iterator[str]:
        """Each step reads what stands before it, and gives a result of its own."""
        yield from twice(
            "calls", [*(tensor.name for tensor in self.program.inputs), *(call.name for call in self.program.calls)]
        )
        known = set(self.inputs)
        for name in sorted(known):
            yield from named(f"inputs.{name}", name)
        for call in self.program.calls:
            place = f"calls.{call.name}"
            yield from named(place, call.name)
            if not shape_is_good(call.shape or []):
                yield f"{place}: the shape is not one of a result"
            for name in call.reads:
                if name not in known:
                    yield f"{place}: `{name}` is read before it is made"
            yield from self._call(place, call)
            known.add(call.name)

    def _call(self, place: str, call: ir.Call) -> Iterator[str]:
        layer = self.layers.get(call.layer or "")
        if (call.layer is None) == (call.target is None) or (call.layer is not None and layer is None):
            yield f"{place}: a step calls one layer or one function, and `{call.layer or call.target}` is none"
            return
        path = layer.target if layer is not None else call.target or ""
        target = targets().get(path)
        kind = "layer" if layer is not None else "function"
        if target is None or target.kind != kind:
            yield f"{place}: `{path}` is not among the targets of the kind {kind} that a program may call"
            return
        yield from self._positional(place, target, call.args)
        allowed = target.called_with if layer is not None else target.arguments
        for name, value in call.kwargs.items():
            if name not in allowed or not (_is_result(allowed[name], value) or allowed[name].accepts(value)):
                yield f"{place}.{name}: `{path}` takes no such argument"
        for name in sorted(target.required - call.kwargs.keys()) if layer is None else ():
            yield f"{place}: `{path}` needs `{name}`"

    def _positional(self, place: str, target: Target, args: list[Any]) -> Iterator[str]:
        if len(args) != len(target.takes):
            yield f"{place}: `{target.path}` takes {len(target.takes)} arguments by position, not {len(args)}"
            return
        for number, (type, value) in enumerate(zip(target.takes, args, strict=True), 1):
            if not (_is_result(type, value) or type.accepts(value)):
                yield f"{place}: argument {number} of `{target.path}` is {type.name}"

    def _networks(self) -> Iterator[str]:
        yield from twice("networks", [network.role for network in self.program.networks])
        losses = {one.name for one in self.program.losses}
        roles = {"model", "training", "gates", *(f"candidates_{loss}" for loss in self.program.data.candidates)}
        known = self.inputs | {call.name for call in self.program.calls}
        if "model" not in self.roles:
            yield "networks: there is no model"
        for network in self.program.networks:
            place = f"networks.{network.role}"
            if network.role not in roles:
                yield f"{place}: there is no such role"
            yield from named(place, network.name)
            yield from self._arguments(place, network.target, "model", network.config)
            yield from (f"{place}: `{name}` is not an input" for name in network.inputs if name not in self.inputs)
            yield from (f"{place}: `{name}` is not made" for name in network.outputs.values() if name not in known)
            if network.role == "training" and network.outputs.keys() != losses:
                yield f"{place}: it gives {sorted(network.outputs)}, and the losses are {sorted(losses)}"
            if network.role.startswith("candidates_") and (len(network.inputs), list(network.outputs)) != (1, [""]):
                yield f"{place}: candidates are a network from one input to one vector"
        if losses and "training" not in self.roles:
            yield "networks: there are losses, and no training network"
        tables = [name for group in self.program.table_groups for name in group]
        yield from twice("table_groups", tables)
        for name in tables:
            layer = self.layers.get(name)
            target = targets().get(layer.target) if layer is not None else None
            if target is None or not target.is_table:
                yield f"table_groups: `{name}` is not a table"

    # Training

    def _losses(self) -> Iterator[str]:
        data = self.program.data
        yield from twice("losses", [one.name for one in self.program.losses])
        for one in self.program.losses:
            place = f"objectives.{one.name}"
            yield from self._arguments(place, one.target, "loss", one.config)
            if (one.candidates is None) == (one.label is None) and not (one.candidates and one.name in data.candidates):
                yield f"{place}: a loss has a label, or candidates"
            if one.candidates is not None and one.name not in data.candidates:
                yield f"{place}: nothing says what its candidates are"
            for tree in (one.label, one.where, one.row_weight):
                yield from expression_problems(place, tree)
        model = next((network for network in self.program.networks if network.role == "model"), None)
        outputs = set(model.outputs) if model is not None else set()
        yield from twice("metrics", [one.name for one in self.program.metrics])
        for measure in self.program.metrics:
            place = f"measures.{measure.name}"
            yield from self._arguments(place, measure.target, "metric", measure.config)
            if measure.output not in outputs:
                yield f"{place}: the model gives no `{measure.output}`"
            if (measure.label is None) == (measure.candidates is None) or (measure.candidates is None) != (measure.k is None):
                yield f"{place}: a metric has a label, or candidates and a cut-off"
            if measure.candidates is not None and measure.output not in data.candidates:
                yield f"{place}: nothing says what its candidates are"
            for tree in (measure.label, measure.where, measure.row_weight):
                yield from expression_problems(place, tree)

    def _training(self) -> Iterator[str]:
        training = self.program.training
        bounds = {"batch": (1, 10_000_000), "epochs": (1, 1_000_000), "seed": (0, 2**31 - 1), "patience": (0, 1_000_000)}
        for name, (low, high) in bounds.items():
            if not low <= getattr(training, name) <= high:
                yield f"training.{name}: a whole number from {low} to {high} is needed"
        yield from self._arguments("training.optimizer", training.optimizer.target, "optimizer", training.optimizer.config)
        for group in training.groups:
            place = f"training.groups.{group.name}"
            yield from self._arguments(place, group.optimizer.target, "optimizer", group.optimizer.config)
            yield from (f"{place}: there is no layer `{name}`" for name in group.layers if name not in self.layers)
        if training.monitor is not None and training.monitor not in {one.name for one in self.program.metrics}:
            yield f"training.monitor: there is no metric `{training.monitor}`"


def _is_result(type: Type, value: Any) -> bool:
    if isinstance(type, Results):
        return isinstance(value, list) and bool(value) and all(isinstance(item, ir.Ref) for item in value)
    return isinstance(type, Result) and isinstance(value, ir.Ref)


def shape_is_good(shape: Iterable[int | None]) -> bool:
    """Whether a shape is that of a column: a length or none, and not too long."""
    lengths = list(shape)
    return len(lengths) <= 2 and all(n is None or 0 < n <= 1_000_000 for n in lengths)


def named(place: str, name: str) -> Iterator[str]:
    """Whether a name can stand in a program."""
    if not name.isidentifier() or len(name) > 10_000:
        yield f"{place}: this is not a name"


def twice(place: str, names: Iterable[str]) -> Iterator[str]:
    """Names that stand there more than once."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{place}: `{name}` is there twice"
        seen.add(name)
