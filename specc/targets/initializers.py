"""How the vectors of tables start."""

from __future__ import annotations

from specc.targets.target import Target
from specc.targets.types import Number

TARGETS = (
    Target("keras.initializers.GlorotUniform", "initializer"),
    Target("keras.initializers.RandomUniform", "initializer", {"minval": Number(), "maxval": Number()}),
    Target("keras.initializers.TruncatedNormal", "initializer", {"mean": Number(), "stddev": Number()}),
    Target("keras.initializers.Zeros", "initializer"),
)
