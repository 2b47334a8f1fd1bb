"""Mixtures over the same experts become one call: the gates of a level as one batched product, which takes a fraction of the
time that a product and a sum for each gate and expert do.

    income = WeightedSum([a, b, c], income_gate)          mixtures = WeightedSums([a, b, c], [income_gate, age_gate])
    age = WeightedSum([a, b, c], age_gate)          ->    income = mixtures[0]
                                                          age = mixtures[1]
"""

from __future__ import annotations

import re
from itertools import takewhile

from specc.ir.program import ITEM, Call, Layer, Program, Ref, refs
from specc.targets.catalogue import allowed

ONE = "specc.runtime.layers.mixing.WeightedSum"
SEVERAL = "specc.runtime.layers.mixing.WeightedSums"
# Measured: below, a product and a sum for each are as fast; and so they are where most weights of the product would be zeros.
READS = 8  # of all gates together
ZEROS = 8  # weights of the product for each that a gate gives


def mixed_together(program: Program) -> Program:
    """The Program with mixtures that share experts, and do not read each other, as one."""
    layers = {layer.name: layer for layer in program.layers}
    names = (tensor.name for tensor in program.inputs)
    merging = _Merging(layers, {*names, *layers, *(call.name for call in program.calls)})
    for call in program.calls:
        merging.add(call)
    merging.close()
    return program.calling(merging.calls, merging.layers.values())


class _Merging:
    """Mixtures wait until a step reads one of them; what each gives keeps its name."""

    def __init__(self, layers: dict[str, Layer], taken: set[str]) -> None:
        self.layers = dict(layers)
        self.taken = taken
        self.calls: list[Call] = []
        self.waiting: list[Call] = []
        self.given: set[str] = set()  # names of what waiting steps give
        self.read: set[str] = set()  # and of what they read
        self.experts: dict[str, int] = {}  # what they mix, by name, with its place

    def add(self, call: Call) -> None:
        """The next step."""
        read = call.reads
        mixture = call.layer is not None and self.layers[call.layer].target == ONE
        elsewhere = bool(self.waiting) and self.waiting[0].section != call.section
        strange = mixture and self.experts.keys().isdisjoint(read)
        if elsewhere or strange or call.name in self.read or not self.given.isdisjoint(read):
            self.close()
        if not mixture:
            self.calls.append(call)
            return
        self.waiting.append(call)
        self.given.add(call.name)
        self.read.update(read)
        for name in refs(call.args[0]):
            self.experts.setdefault(name, len(self.experts))

    def close(self) -> None:
        """The waiting mixtures, as one where that is faster."""
        reads = [[self.experts[name] for name in refs(call.args[0])] for call in self.waiting]
        given, product = sum(map(len, reads)), len(reads) * len(self.experts)
        if len(reads) > 1 and given >= READS and product <= ZEROS * given:
            self.calls += self._together(reads)
        else:
            self.calls += self.waiting
        self.waiting, self.given, self.read, self.experts = [], set(), set(), {}

    def _together(self, reads: list[list[int]]) -> list[Call]:
        name = self._name([call.layer or "" for call in self.waiting])
        self.layers[name] = Layer(name=name, target=allowed(SEVERAL), config={"reads": [[*places] for places in reads]})
        first = self.waiting[0]
        weights = [Ref(ref=ref) for call in self.waiting for ref in refs(call.args[1])]
        args = [[Ref(ref=expert) for expert in self.experts], weights]
        product = Call(name=name, section=first.section, blocks=first.blocks, layer=name, args=[*args])
        items = [
            call.model_copy(update={"layer": None, "target": allowed(ITEM), "args": [Ref(ref=name), place]})
            for place, call in enumerate(self.waiting)
        ]
        return [product, *items]

    def _name(self, layers: list[str]) -> str:
        """Of the words that all their names begin with: `mix_level_1_gate_mixtures`."""
        words = zip(*(re.findall(r"[^_]+", layer) for layer in layers), strict=False)
        name = "_".join([*(same[0] for same in takewhile(lambda word: len({*word}) == 1, words)), "mixtures"])
        while name in self.taken:
            name += "_together"
        self.taken.add(name)
        return name
