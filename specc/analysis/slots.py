"""What optimizers hold beside the weights: their records say it."""

from __future__ import annotations

from specc.diagnostics import InternalError
from specc.ir.program import ObjectConfig, TrainingProgram
from specc.targets.catalogue import target_of
from specc.targets.optimizers import Optimizer
from specc.targets.tensor import Tensor


def optimizer_of(training: TrainingProgram, layer: str) -> ObjectConfig:
    """The optimizer that updates a layer."""
    return next((group.optimizer for group in training.groups if layer in group.layers), training.optimizer)


def _record(optimizer: ObjectConfig) -> Optimizer:
    record = target_of(optimizer.target)
    if not isinstance(record, Optimizer):
        raise InternalError(f"{optimizer.target} is not an optimizer")
    return record


def is_counted(optimizer: ObjectConfig) -> bool:
    """Whether anybody says what it holds."""
    return _record(optimizer).slots is not None


def formula(optimizer: ObjectConfig) -> str:
    """What its update is called: `Adam`, whether it updates tables by rows or not."""
    return _record(optimizer).formula


def slots(optimizer: ObjectConfig, weight: Tensor, table: bool) -> int:
    """The bytes of the slots of a weight: numbers for each of its own, or for each row of a table; 0 where nobody counted."""
    record = _record(optimizer)
    if record.slots is None:
        return 0
    numbers = weight.shape[0] if table and record.by_row else weight.size
    return numbers * weight.item * record.slots(optimizer.config)


def decays(optimizer: ObjectConfig) -> bool:
    """Whether weights shrink in each step by themselves (`_apply_weight_decay`)."""
    return optimizer.config.get("weight_decay") is not None or _record(optimizer).decays
