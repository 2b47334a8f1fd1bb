"""The report as data: what a Program takes, by table, by declaration, and in all."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class TableCost:
    """An embedding table; `rows` is None where only data can tell, and then nothing of it is counted."""

    name: str
    vocabulary: str
    rows: int | None
    dim: int
    parameters: int
    bytes: int
    slot_bytes: int
    optimizer: str


@dataclass(frozen=True)
class PartCost:
    """A declaration, a loss or a block: parameters without tables; FLOPs of a batch, forward and in a training step (0 where
    training does not come by; the update of weights is not in it); bytes of its values that wait for the gradient.
    """

    name: str
    kind: str
    parameters: int
    forward_flops: int
    step_flops: int
    activation_bytes: int


@dataclass(frozen=True)
class Memory:
    """Bytes of training.

    best: copies of all weights, for `early_stop`. activations: the batch and what waits for the gradient. gradients: the
    largest gradients that meet, and the weights and rows that are updated. drawing: what making the weights took, and is not
    used again. graph: what TensorFlow makes of a step before it runs, and what its kernels take.
    """

    tables: int = 0
    table_slots: int = 0
    weights: int = 0
    weight_slots: int = 0
    fixed: int = 0
    best: int = 0
    activations: int = 0
    gradients: int = 0
    drawing: int = 0
    graph: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return sum(asdict(self).values())


@dataclass(frozen=True)
class Measured:
    """What some steps took in a process of their own. peak: bytes of resident memory at most, without `imported`, those of the
    imported libraries and the batch. step_ms: milliseconds a step.
    """

    peak: int
    imported: int
    step_ms: float


@dataclass(frozen=True)
class CostReport:
    """What a spec costs with batches of `batch` rows. FLOPs of matrix products are 2 m n k; bytes are of float32.

    parameters, fixed_parameters: numbers that training changes, and those that it does not.
    data_row: bytes of an encoded row with its labels and weights; data_rows: how many there are in training, None if unknown.
    They are held by the input pipeline, and no part of `memory`.
    unknown: vocabularies whose size only data can tell. bags: columns counted with so many values a row. uncounted: targets
    that the program calls, and nobody counted. measured: what some steps really took, where they were asked for.
    """

    name: str
    batch: int
    tables: list[TableCost]
    parts: list[PartCost]
    blocks: list[PartCost]
    parameters: int
    fixed_parameters: int
    forward_flops: int
    step_flops: int
    memory: Memory
    data_row: int
    data_rows: int | None = None
    unknown: list[str] = field(default_factory=list)
    bags: dict[str, int] = field(default_factory=dict)
    uncounted: list[str] = field(default_factory=list)
    measured: Measured | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data, with the total of the memory."""
        found = asdict(self)
        found["memory"]["total"] = self.memory.total
        return found

    def __str__(self) -> str:
        from specc.analysis.text import to_text

        return to_text(self)
