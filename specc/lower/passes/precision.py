"""`train(precision=bfloat16)`: which steps of a Program compute in bfloat16, and what is cast for them.

Weights, slots and updates are float32 throughout, as with Keras' policy `mixed_bfloat16`. The rule, which `docs/language.md`
tells:

- Products and mixtures compute in bfloat16.
- What a network gives, predictions, and the weights of gates are float32, back to the last product, which is, too.
- Numbers, tables, what is looked up, and what adds up many of them, are float32.
- Each target says which of these it is (`specc.targets.target.Precision`).
- Everything else is bfloat16 if all that it reads is, and float32 otherwise.

Layers cast what they read to the type they compute in, and functions of several tensors to the wider of theirs. For other
functions a step is put in that casts:

    hidden = Dense(64)(x)                                 hidden = Dense(64, dtype="mixed_bfloat16")(x)
    logit = Dense(1)(hidden)                        ->    logit = Dense(1)(hidden)
    p = sigmoid(logit)                                    p = sigmoid(logit)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from specc.ir.program import CAST, MIXED, Call, Catalogue, Layer, Program, Ref
from specc.targets.catalogue import allowed, target_of
from specc.targets.target import Target


def with_bfloat16(program: Program) -> Program:
    """The Program with its products in bfloat16, if it is to be trained so."""
    return _Precision(program).apply() if program.training.precision == "bfloat16" else program


class _Precision:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.layers = {layer.name: layer for layer in program.layers}
        self.types: dict[str, str | None] = {i.name: None if i.dtype == "int32" else i.dtype for i in program.inputs}
        self.calls = {call.name: call for call in program.calls}
        wanted = {call.name for call in program.calls if call.predicts}
        wanted |= {ref for network in program.networks for ref in network.outputs.values()}
        self.exact = self._exact(wanted)
        self.float32 = {layer for name in self.exact if (layer := self.calls[name].layer) is not None}

    def _target(self, call: Call) -> Target:
        return target_of(self.layers[call.layer].target if call.layer is not None else call.target or "")

    def _exact(self, wanted: Iterable[str]) -> set[str]:
        """The steps that must give float32: those wanted, the weights of gates, and what is behind them up to a product."""
        waiting = [*wanted, *(name for name, call in self.calls.items() if self._target(call).precision.exact)]
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in self.calls and name not in found:
                found.add(name)
                if self._target(self.calls[name]).precision.reads_exact:
                    waiting += self.calls[name].reads
        return found

    def apply(self) -> Program:
        """The Program with the types of its layers, and with casts."""
        known = -1
        while known != len(self.float32):  # a layer that is called more than once has one type for all calls
            known = len(self.float32)
            for name, call in self.calls.items():
                self.types[name] = self._type(call)
                if call.layer is not None and self.types[name] == "float32":
                    self.float32.add(call.layer)
        rounding = {call.layer for name, call in self.calls.items() if self.types[name] == "bfloat16"}
        layers = [_rounding(layer) if layer.name in rounding else layer for layer in self.program.layers]
        return self.program.model_copy(update={"layers": layers, "calls": list(self._calls())})

    def _type(self, call: Call) -> str | None:
        """What a step gives: `float32`, `bfloat16`, or None for what is not a number."""
        gives = self._target(call).precision.gives
        if gives == "none":
            return None
        if gives == "values" and call.layer is not None:
            values = self.layers[call.layer].config["values"]
            return "float32" if isinstance(values, Catalogue) and values.dtype == "float32" else None
        if call.name in self.exact or call.layer in self.float32 or gives == "float32":
            return "float32"
        if gives == "bfloat16":
            return "bfloat16"
        read = {self.types[name] for name in call.reads}
        return "bfloat16" if "bfloat16" in read and "float32" not in read else "float32"

    def _calls(self) -> Iterator[Call]:
        """The steps, and before them the casts that they need."""
        casts: dict[str, str] = {}
        taken = {call.name for call in self.program.calls} | {tensor.name for tensor in self.program.inputs}
        for call in self.program.calls:
            instead: dict[str, str] = {}
            casting = self.types[call.name] == "float32" and call.layer is None and not self._target(call).precision.promotes
            for name in call.reads if casting else ():
                if self.types[name] != "bfloat16":
                    continue
                if name not in casts:
                    casts[name] = _free(f"{name}_float32", taken)
                    args: list[Any] = [Ref(ref=name), "float32"]
                    yield Call(name=casts[name], section=call.section, blocks=call.blocks, target=allowed(CAST), args=args)
                instead[name] = casts[name]
            yield call.model_copy(update={"args": [_renamed(argument, instead) for argument in call.args]}) if instead else call


def _rounding(layer: Layer) -> Layer:
    return layer.model_copy(update={"config": {**layer.config, "dtype": MIXED}})


def _free(name: str, taken: set[str]) -> str:
    """The name, longer where it is taken; from now on it is."""
    while name in taken:
        name += "_cast"
    taken.add(name)
    return name


def _renamed(argument: Any, names: dict[str, str]) -> Any:
    if isinstance(argument, Ref):
        return Ref(ref=names.get(argument.ref, argument.ref))
    return [_renamed(item, names) for item in argument] if isinstance(argument, list) else argument
