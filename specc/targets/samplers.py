"""Samplers of negatives."""

from __future__ import annotations

from specc.targets.target import Target
from specc.targets.types import Array, Integer, Number

DRAWS = {"n": Integer(1, 10_000_000), "low": Integer(), "high": Integer(1)}
NEEDS = frozenset(DRAWS)
TARGETS = (
    Target("specc.runtime.layers.samplers.Uniform", "sampler", {**DRAWS, "ids": Array()}, NEEDS),
    Target("specc.runtime.layers.samplers.LogUniform", "sampler", {**DRAWS, "ids": Array(), "min_id": Integer()}, NEEDS),
    Target("specc.runtime.layers.samplers.Popularity", "sampler", {**DRAWS, "counts": Array(), "power": Number()}, NEEDS),
)
