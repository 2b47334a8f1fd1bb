"""What a call costs, as the rule of its target counts it.

A rule says what a call gives, its FLOPs, its weights, and which tensors TensorFlow keeps on a CPU, without XLA, until their
gradient is computed. What a call needs for a moment is not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from specc.targets.tensor import Tensor


@dataclass(frozen=True)
class CallShapes:
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


@dataclass(frozen=True)
class Cost:
    """What a call costs.

    result: what it gives.
    products: FLOPs of its matrix products, 2 m n k each; the gradient of each operand costs as much again.
    elementwise: all its other FLOPs, one an element and operation; the gradient costs as much again.
    trained, fixed: the weights of its layer, those that training changes and those that it does not.
    keeps_inputs, keeps_result: whether the gradient reads them. kept: bytes besides that it reads.
    rows: of a table, how many its gradient has; distinct: how many different ones.
    passes_gradient: False where training stops.
    """

    result: Tensor
    products: int = 0
    elementwise: int = 0
    trained: tuple[Tensor, ...] = ()
    fixed: tuple[Tensor, ...] = ()
    keeps_inputs: bool = False
    keeps_result: bool = False
    kept: int = 0
    rows: int = 0
    distinct: int = 0
    passes_gradient: bool = True


Rule = Callable[[CallShapes], Cost]
