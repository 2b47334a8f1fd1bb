"""What a call costs, as the rule of its target counts it.

A rule counts what TensorFlow does on a CPU, without XLA: the tensors that a gradient reads stay until it is computed, views and
reshapes take nothing, and whatever else a call needs is given back when it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from specc.targets.tensor import Tensor


@dataclass(frozen=True)
class Call:
    """One call: of a layer or a function, with its inputs, and its configuration and keyword arguments in one.

    inputs: tensors, one after the other, those of lists included. rest: positional arguments that are no tensors.
    """

    inputs: Sequence[Tensor]
    config: Mapping[str, Any]
    rest: Sequence[Any] = ()

    @property
    def x(self) -> Tensor:
        """The first input."""
        return self.inputs[0]


Sizes = int | tuple[int, ...]  # bytes of one tensor, or of each of several


def each(sizes: Sizes) -> tuple[int, ...]:
    """Of each tensor."""
    return (sizes,) if isinstance(sizes, int) else sizes


@dataclass(frozen=True)
class Cost:
    """What a call costs.

    result: what it gives.
    products: FLOPs of its matrix products, 2 m n k each; the gradient of each operand costs as much again.
    elementwise: all its other FLOPs, one an element and operation; the gradient costs as much again.
    trained, fixed: the weights of its layer, those that training changes and those that it does not.
    keeps_inputs, keeps_result: whether the gradient reads them. kept: bytes besides that it reads.
    work, back_work: bytes besides, while it is computed, and while its gradient is.
    view: the result is the memory of the first input. in_place: the gradient of the inputs takes the memory of the result's.
    arrives: bytes of each gradient of the result that arrives, where it has another size than the result.
    rows: of a table, how many its gradient has; distinct: how many different ones.
    passes_gradient: False where training stops. nodes: how many plain calls its part of TensorFlow's graph is worth.
    """

    result: Tensor
    products: int = 0
    elementwise: int = 0
    trained: tuple[Tensor, ...] = ()
    fixed: tuple[Tensor, ...] = ()
    keeps_inputs: bool = False
    keeps_result: bool = False
    kept: Sizes = 0
    work: Sizes = 0
    back_work: Sizes = 0
    view: bool = False
    in_place: bool = False
    arrives: int | None = None
    rows: int = 0
    distinct: int = 0
    passes_gradient: bool = True
    nodes: int = 1


Rule = Callable[[Call], Cost]
