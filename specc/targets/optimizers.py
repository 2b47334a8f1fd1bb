"""Optimizers, and learning-rate schedules. An optimizer's record says, besides, what it holds beside the weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from specc.targets.target import Target
from specc.targets.types import Bool, Integer, Number, ObjectOf, Type

Slots = Callable[[Mapping[str, Any]], int]


@dataclass(frozen=True)
class Optimizer(Target):
    """An optimizer.

    formula: what its update is called. slots: how many numbers it holds for each weight, by its configuration (`build` of each
    in `keras.optimizers`); None where nobody counted. by_row: whether they are one for each row of a table. decays: whether
    weights shrink in each step by themselves where nothing is said.
    """

    formula: str = ""
    slots: Slots | None = None
    by_row: bool = False
    decays: bool = False


NUMBER = Number()
COMMON: dict[str, Type] = {
    "learning_rate": ObjectOf("schedule", NUMBER),
    "global_clipnorm": NUMBER,
    "clipnorm": NUMBER,
    "weight_decay": NUMBER,
}
ADAM: dict[str, Type] = {"beta_1": NUMBER, "beta_2": NUMBER, "epsilon": NUMBER}
ADAGRAD: dict[str, Type] = {"initial_accumulator_value": NUMBER, "epsilon": NUMBER}
AMSGRAD: dict[str, Type] = {**ADAM, "amsgrad": Bool()}
FTRL: dict[str, Type] = {
    "learning_rate_power": NUMBER,
    "initial_accumulator_value": NUMBER,
    "l1_regularization_strength": NUMBER,
    "l2_regularization_strength": NUMBER,
    "beta": NUMBER,
}
RMSPROP: dict[str, Type] = {"rho": NUMBER, "momentum": NUMBER, "epsilon": NUMBER, "centered": Bool()}


def _both(name: str, own: Mapping[str, Type], slots: Slots, **more: Any) -> tuple[Optimizer, Optimizer]:
    """Keras' optimizer, and the same that updates of a table the rows of the step alone."""
    paths = (f"keras.optimizers.{name}", f"specc.runtime.optimizers.lazy.Lazy{name}")
    plain, lazy = (Optimizer(path, "optimizer", {**COMMON, **own}, formula=name, slots=slots, **more) for path in paths)
    return plain, lazy


TARGETS = (
    *_both("Adadelta", {"rho": NUMBER, "epsilon": NUMBER}, lambda config: 2),
    *_both("Adagrad", ADAGRAD, lambda config: 1),
    *_both("Adam", AMSGRAD, lambda config: 2 + bool(config.get("amsgrad"))),
    *_both("AdamW", AMSGRAD, lambda config: 2 + bool(config.get("amsgrad")), decays=True),
    *_both("Adamax", ADAM, lambda config: 2),
    *_both("Ftrl", FTRL, lambda config: 2),
    *_both("Lion", {"beta_1": NUMBER, "beta_2": NUMBER}, lambda config: 1),
    *_both("Nadam", ADAM, lambda config: 2),
    *_both("RMSprop", RMSPROP, lambda config: 1 + (config.get("momentum", 0) > 0) + bool(config.get("centered"))),
    *_both("SGD", {"momentum": NUMBER, "nesterov": Bool()}, lambda config: int(config.get("momentum", 0) != 0)),
    Optimizer(
        "specc.runtime.optimizers.rowwise_adagrad.RowwiseAdagrad",
        "optimizer",
        {**COMMON, **ADAGRAD},
        formula="RowwiseAdagrad",
        slots=lambda config: 1,
        by_row=True,
    ),
    Target(
        "keras.optimizers.schedules.CosineDecay",
        "schedule",
        {
            "initial_learning_rate": NUMBER,
            "decay_steps": Integer(1),
            "alpha": NUMBER,
            "warmup_target": NUMBER,
            "warmup_steps": Integer(),
        },
    ),
)
