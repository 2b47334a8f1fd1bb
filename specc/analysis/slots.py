"""What optimizers hold beside the weights: their records say it."""

from __future__ import annotations

from specc.diagnostics import InternalError
from specc.ir.program import Made, TrainingProgram
from specc.targets.catalogue import target_of
from specc.targets.optimizers import Optimizer
from specc.targets.tensor import Tensor


def optimizer_of(training: TrainingProgram, layer: str) -> Made:
    """The optimizer that updates a layer."""
    return next((group.optimizer for group in training.groups if layer in group.layers), training.optimizer)


def _record(optimizer: Made) -> Optimizer:
    record = target_of(optimizer.target)
    if not isinstance(record, Optimizer):
        raise InternalError(f"{optimizer.target} is not an optimizer")
    return record


def is_counted(optimizer: Made) -> bool:
    """Whether anybody says what it holds."""
    return _record(optimizer).slots is not None


def formula(optimizer: Made) -> str:
    """What its update is called: `Adam`, whether it updates tables by rows or not."""
    return _record(optimizer).formula


def slots(optimizer: Made, weight: Tensor, table: bool) -> list[int]:
    """The bytes of each slot of a weight: a number for each of its own, or one for each row of a table; none where nobody
    counted.
    """
    record = _record(optimizer)
    if record.slots is None:
        return []
    numbers = weight.shape[0] if table and record.by_row else weight.size
    return [numbers * weight.item] * record.slots(optimizer.config)


def filled(optimizer: Made) -> int:
    """How many slots, the first ones, begin with another number than 0."""
    return _record(optimizer).filled


def early(optimizer: Made) -> int:
    """How many tensors of the size of a table's rows are computed from these and their slots alone, beside them; the product
    with weight decay is one.
    """
    return decays(optimizer) + _record(optimizer).early


def decays(optimizer: Made) -> bool:
    """Whether weights shrink in each step by themselves (`_apply_weight_decay`)."""
    return optimizer.config.get("weight_decay") is not None or _record(optimizer).decays


def clips_all(optimizer: Made) -> bool:
    """Whether no weight is written before the gradients of all are known."""
    return bool(optimizer.config.get("global_clipnorm"))
