"""What optimizers hold beside the weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from specc.diagnostics import InternalError
from specc.ir.program import OptimizerSpec, TrainingProgram
from specc.targets.tensor import Tensor

# By class: how many numbers for each weight (`build` of each in `keras.optimizers`).
SLOTS: dict[str, Callable[[Mapping[str, Any]], int]] = {
    "SGD": lambda config: int(config.get("momentum", 0) != 0),
    "Adam": lambda config: 2 + bool(config.get("amsgrad")),
    "AdamW": lambda config: 2 + bool(config.get("amsgrad")),
    "Adamax": lambda config: 2,
    "Nadam": lambda config: 2,
    "Adagrad": lambda config: 1,
    "RowwiseAdagrad": lambda config: 1,
    "Adadelta": lambda config: 2,
    "RMSprop": lambda config: 1 + (config.get("momentum", 0) > 0) + bool(config.get("centered")),
    "Ftrl": lambda config: 2,
    "Lion": lambda config: 1,
}


def optimizer_of(training: TrainingProgram, layer: str) -> OptimizerSpec:
    """The optimizer that updates a layer."""
    return next((group.optimizer for group in training.groups if layer in group.layers), training.optimizer)


def kind(optimizer: OptimizerSpec) -> str:
    """The class of `keras.optimizers` whose formula it follows, or our own; one for tables (`LazyAdam`) holds the same."""
    return optimizer.target.rsplit(".", 1)[1].removeprefix("Lazy")


def slots(optimizer: OptimizerSpec, weight: Tensor, table: bool) -> list[int]:
    """The bytes of each slot of a weight: a number for each of its own, or one for each row of a table."""
    name = kind(optimizer)
    if name not in SLOTS:
        raise InternalError(f"nobody says what {optimizer.target} holds")
    numbers = weight.shape[0] if table and name == "RowwiseAdagrad" else weight.size
    return [numbers * weight.item] * SLOTS[name](optimizer.config)


FILLED = frozenset({"Adagrad", "RowwiseAdagrad", "Ftrl"})  # whose first slot has an initial value that is not 0


def filled(optimizer: OptimizerSpec) -> int:
    """How many slots, the first ones, begin with another number than 0."""
    return int(kind(optimizer) in FILLED)


def early(optimizer: OptimizerSpec) -> int:
    """How many tensors of the size of a table's rows are computed from these and their slots alone, beside them.

    The product with weight decay; Ftrl's power of the accumulator. What is computed in place of a slot, as a momentum times
    its factor, takes nothing.
    """
    return decays(optimizer) + (kind(optimizer) == "Ftrl")


def decays(optimizer: OptimizerSpec) -> bool:
    """Whether weights shrink in each step by themselves (`_apply_weight_decay`); AdamW's do so where nothing is said."""
    return optimizer.config.get("weight_decay") is not None or kind(optimizer) == "AdamW"


def clips_all(optimizer: OptimizerSpec) -> bool:
    """Whether no weight is written before the gradients of all are known."""
    return bool(optimizer.config.get("global_clipnorm"))
