"""What each layer holds, and its optimizer beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from specc.analysis.calls import Costed
from specc.analysis.slots import optimizer_of, slots
from specc.ir.program import ObjectConfig, Program
from specc.targets.catalogue import target_of
from specc.targets.tensor import Tensor


@dataclass(frozen=True)
class Weights:
    """The weights of a layer: those that training changes, and those that it does not. table: whether they are updated by rows.
    optimizer: None where no training step calls the layer. slots: bytes of what it holds beside them.
    """

    layer: str
    table: bool
    trained: tuple[Tensor, ...]
    fixed: tuple[Tensor, ...]
    optimizer: ObjectConfig | None
    slots: int

    @property
    def parameters(self) -> int:
        """How many numbers training changes."""
        return sum(weight.size for weight in self.trained)

    @property
    def bytes(self) -> int:
        """Of those that training changes."""
        return sum(weight.bytes for weight in self.trained)

    @property
    def fixed_bytes(self) -> int:
        """Of the others."""
        return sum(weight.bytes for weight in self.fixed)


def weights_of(program: Program, calls: Sequence[Costed]) -> dict[str, Weights]:
    """The weights of every layer that is called."""
    targets = {layer.name: layer.target for layer in program.layers}
    trained = {call.layer for call in calls if call.training}
    found: dict[str, Weights] = {}
    for call in calls:
        if call.layer is None or call.layer in found:
            continue
        table = target_of(targets[call.layer]).is_table
        optimizer = optimizer_of(program.training, call.layer) if call.layer in trained else None
        held = 0 if optimizer is None else sum(slots(optimizer, one, table) for one in call.cost.trained)
        found[call.layer] = Weights(call.layer, table, call.cost.trained, call.cost.fixed, optimizer, held)
    return found
