"""`train(precision=bfloat16)`: which steps of a Program compute in bfloat16, and what is cast for them.

Weights, slots and updates are float32 throughout, as with Keras' policy `mixed_bfloat16`. The rule, which `docs/language.md`
tells:

- Products and mixtures (`ROUNDING`) compute in bfloat16.
- What a network gives, predictions, and the weights of gates are float32, back to the last product, which is, too.
- Numbers, tables, what is looked up, and what `ALWAYS_FLOAT32` computes are float32.
- Everything else is bfloat16 if all that it reads is, and float32 otherwise.

Layers cast what they read to the type they compute in, and functions of several tensors to the wider of theirs. For other
functions a step is put in that casts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from specc.ir.base import EMBEDDING
from specc.ir.program import CAST, MIXED, Catalogue, Layer, Program, Ref, Step
from specc.lower.builder import allowed
from specc.lower.passes import mixing

COLUMN = "specc.runtime.layers.catalogue.CatalogueColumn"
MASK = "specc.runtime.layers.sequences.PaddingMask"
SOFTMAX = "keras.ops.softmax"
SHAPES_ALONE = "keras.ops.ones_like"  # it reads no values, so it asks nothing of what it reads
PROMOTING = frozenset({"keras.ops.concatenate", "keras.ops.stack"})
PRODUCTS = frozenset({"keras.layers.Dense", "keras.layers.Dot", "specc.runtime.layers.interaction.DotInteraction"})
ROUNDING = PRODUCTS | {mixing.ONE, mixing.SEVERAL}
ALWAYS_FLOAT32 = frozenset(
    {
        EMBEDDING,
        # Keras draws in the type of what it reads: of 128 numbers in bfloat16, so that a rate of 0.01 would be one of 2/128.
        "keras.layers.Dropout",
        # Sums of many numbers lose digits, and a number of steps beyond 256 is none of bfloat16.
        "keras.layers.UnitNormalization",
        "keras.ops.mean",
        "keras.ops.sum",
        "specc.runtime.layers.sequences.MaskedMean",
        "specc.runtime.layers.sequences.MaskedSqrtN",
        "specc.runtime.layers.sequences.MaskedSum",
    }
)


def with_bfloat16(program: Program, predictions: set[str]) -> Program:
    """The Program with its products in bfloat16. predictions: steps that give a logit, a probability or a quantity."""
    return _Precision(program, predictions).apply()


class _Precision:
    """Steps are known by their places: of one name the later one takes the earlier one's place."""

    def __init__(self, program: Program, predictions: set[str]) -> None:
        self.program = program
        self.layers = {layer.name: layer for layer in program.layers}
        self.types: dict[int | str, str | None] = {i.name: None if i.dtype == "int32" else i.dtype for i in program.inputs}
        latest: dict[str, int] = {}
        self.reads: list[dict[str, int | str]] = []  # of each step: by name, the place of a step, or an input
        for place, step in enumerate(program.steps):
            self.reads.append({name: latest.get(name, name) for name in step.reads})
            latest[step.name] = place
        wanted = predictions | {ref for network in program.networks for ref in network.outputs.values()}
        self.exact = self._exact([latest[name] for name in wanted if name in latest])
        self.float32 = {layer for place in self.exact if (layer := program.steps[place].layer) is not None}

    def _target(self, step: Step) -> str:
        return self.layers[step.layer].target if step.layer is not None else step.target or ""

    def _exact(self, wanted: list[int]) -> set[int]:
        """The steps that must give float32: those wanted, softmaxes, and what is behind them up to a product."""
        steps = self.program.steps
        stop = PRODUCTS | {EMBEDDING, SHAPES_ALONE}
        waiting: list[int | str] = [*wanted, *(place for place, step in enumerate(steps) if step.target == SOFTMAX)]
        found: set[int] = set()
        while waiting:
            place = waiting.pop()
            if isinstance(place, int) and place not in found:
                found.add(place)
                if self._target(steps[place]) not in stop:
                    waiting += self.reads[place].values()
        return found

    def apply(self) -> Program:
        """The Program with the types of its layers, and with casts."""
        known = -1
        while known != len(self.float32):  # a layer that is called more than once has one type for all calls
            known = len(self.float32)
            for place, step in enumerate(self.program.steps):
                self.types[place] = self._type(place, step)
                if step.layer is not None and self.types[place] == "float32":
                    self.float32.add(step.layer)
        rounding = {step.layer for place, step in enumerate(self.program.steps) if self.types[place] == "bfloat16"}
        layers = [_rounding(layer) if layer.name in rounding else layer for layer in self.program.layers]
        return self.program.model_copy(update={"layers": layers, "steps": list(self._steps())})

    def _type(self, place: int, step: Step) -> str | None:
        """What a step gives: `float32`, `bfloat16`, or None for what is no number."""
        target = self._target(step)
        if target == MASK:
            return None
        if target == COLUMN and step.layer is not None:
            values = self.layers[step.layer].config["values"]
            return "float32" if isinstance(values, Catalogue) and values.dtype == "float32" else None
        if place in self.exact or step.layer in self.float32 or target in ALWAYS_FLOAT32:
            return "float32"
        if target in ROUNDING:
            return "bfloat16"
        read = {self.types[read] for read in self.reads[place].values()}
        return "bfloat16" if "bfloat16" in read and "float32" not in read else "float32"

    def _steps(self) -> Iterator[Step]:
        """The steps, and before them the casts that they need."""
        casts: dict[int | str, str] = {}
        taken = {step.name for step in self.program.steps} | {tensor.name for tensor in self.program.inputs}
        for place, step in enumerate(self.program.steps):
            instead: dict[str, str] = {}
            casting = self.types[place] == "float32" and step.layer is None and step.target not in PROMOTING
            for name, read in self.reads[place].items():
                if not casting or self.types[read] != "bfloat16":
                    continue
                if read not in casts:
                    casts[read] = _free(f"{name}_float32", taken)
                    args: list[Any] = [Ref(ref=name), "float32"]
                    yield Step(name=casts[read], section=step.section, blocks=step.blocks, target=allowed(CAST), args=args)
                instead[name] = casts[read]
            yield step.model_copy(update={"args": [_renamed(argument, instead) for argument in step.args]}) if instead else step


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
