"""Optimizers, and learning-rate schedules."""

from __future__ import annotations

from specc.targets.target import Target
from specc.targets.types import Bool, Integer, Number, ObjectOf, Type

NUMBER = Number()
COMMON: dict[str, Type] = {
    "learning_rate": ObjectOf("schedule", NUMBER),
    "global_clipnorm": NUMBER,
    "clipnorm": NUMBER,
    "weight_decay": NUMBER,
}
ADAM: dict[str, Type] = {"beta_1": NUMBER, "beta_2": NUMBER, "epsilon": NUMBER}
ADAGRAD: dict[str, Type] = {"initial_accumulator_value": NUMBER, "epsilon": NUMBER}
OWN: dict[str, dict[str, Type]] = {
    "Adadelta": {"rho": NUMBER, "epsilon": NUMBER},
    "Adagrad": ADAGRAD,
    "Adam": {**ADAM, "amsgrad": Bool()},
    "AdamW": {**ADAM, "amsgrad": Bool()},
    "Adamax": ADAM,
    "Ftrl": {
        "learning_rate_power": NUMBER,
        "initial_accumulator_value": NUMBER,
        "l1_regularization_strength": NUMBER,
        "l2_regularization_strength": NUMBER,
        "beta": NUMBER,
    },
    "Lion": {"beta_1": NUMBER, "beta_2": NUMBER},
    "Nadam": ADAM,
    "RMSprop": {"rho": NUMBER, "momentum": NUMBER, "epsilon": NUMBER, "centered": Bool()},
    "SGD": {"momentum": NUMBER, "nesterov": Bool()},
}
TARGETS = (
    *(Target(f"keras.optimizers.{name}", "optimizer", {**COMMON, **own}) for name, own in OWN.items()),
    # The same, which update of a table the rows of the step alone.
    *(Target(f"specc.runtime.optimizers.lazy.Lazy{name}", "optimizer", {**COMMON, **own}) for name, own in OWN.items()),
    Target("specc.runtime.optimizers.rowwise_adagrad.RowwiseAdagrad", "optimizer", {**COMMON, **ADAGRAD}),
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
