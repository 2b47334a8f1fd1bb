"""The record of a target, and how a file declares one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from specc.targets.cost import Rule
from specc.targets.types import Type

Kind = Literal[
    "layer", "function", "loss", "metric", "optimizer", "schedule", "initializer", "sampler", "balancer", "model",
    "encoder", "reader", "derivation", "rows", "split",
]  # fmt: skip


@dataclass(frozen=True)
class Precision:
    """How a target computes under `precision=bfloat16`.

    gives: `bfloat16` and `float32` whatever it reads; `read` is bfloat16 if all that it reads is, else float32; `values` is the
    type of the array in its configuration; `none` is no number. exact: what it gives has to be float32. reads_exact: if what it
    gives has to be, so has what it reads. promotes: a function that takes the wider type of what it reads by itself.
    """

    gives: Literal["bfloat16", "float32", "read", "values", "none"] = "read"
    exact: bool = False
    reads_exact: bool = True
    promotes: bool = False


PRODUCT = Precision("bfloat16", reads_exact=False)
FLOAT32 = Precision("float32")


@dataclass(frozen=True)
class Target:
    """What a Program may call.

    path: where Python finds it. arguments: those of its configuration, by name. takes: what is given by position when it is
    called; the last one as often as there is something. called_with: by name. owns_weights: whether a layer has weights of its
    own, which only a loss can teach; is_table: whether they are a table that is updated by rows. cost: what a call costs; None
    where nobody counted.
    """

    path: str
    kind: Kind
    arguments: Mapping[str, Type] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    takes: tuple[Type, ...] = ()
    called_with: Mapping[str, Type] = field(default_factory=dict)
    owns_weights: bool = False
    is_table: bool = False
    precision: Precision = Precision()
    cost: Rule | None = None
