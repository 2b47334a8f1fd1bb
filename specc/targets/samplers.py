"""Samplers of negatives. A record says, besides, which ids a sampler can draw, and what it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from specc.targets.target import Target
from specc.targets.tensor import Tensor
from specc.targets.types import Array, Integer, Number

CUMULATIVE = 8  # bytes: running sums are float64


def nothing(config: Mapping[str, Any]) -> tuple[Tensor, ...]:
    """It computes what it draws."""
    return ()


def running_sums(config: Mapping[str, Any]) -> tuple[Tensor, ...]:
    """Of the probabilities of the candidates from the lowest on."""
    start = max(config["low"], config.get("min_id", 0))
    return (Tensor((max(config["high"] - start, 0),), CUMULATIVE),)


def sums_and_expectations(config: Mapping[str, Any]) -> tuple[Tensor, ...]:
    """Beside the sums, how often each candidate is expected."""
    return (*running_sums(config), Tensor((max(config["high"] - config["low"], 0),)))


@dataclass(frozen=True)
class Sampler(Target):
    """A sampler of n distinct candidates. lowest: the argument that says below which ids none is drawn. observed: whether it
    draws only candidates that are some training row's own. fixed: the weights that it holds, none of them trained.
    """

    lowest: str | None = None
    observed: bool = False
    fixed: Callable[[Mapping[str, Any]], tuple[Tensor, ...]] = nothing


DRAWS = {"n": Integer(1, 10_000_000), "low": Integer(), "high": Integer(1)}
NEEDS = frozenset(DRAWS)
AMONG = {**DRAWS, "ids": Array()}
COUNTED = {**DRAWS, "counts": Array(), "power": Number()}
TARGETS = (
    Sampler("specc.runtime.layers.samplers.Uniform", "sampler", AMONG, NEEDS),
    Sampler(
        "specc.runtime.layers.samplers.LogUniform",
        "sampler",
        {**AMONG, "min_id": Integer()},
        NEEDS,
        lowest="min_id",
        fixed=running_sums,
    ),
    Sampler("specc.runtime.layers.samplers.Popularity", "sampler", COUNTED, NEEDS, observed=True, fixed=sums_and_expectations),
)
