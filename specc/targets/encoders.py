"""Encoders of columns."""

from __future__ import annotations

from specc.targets.target import Target
from specc.targets.types import Integer, ListOf, Number, Scalar, Text

HERE = "specc.runtime.features"
N = {"n": Integer(1)}
LISTED = {"known": ListOf(Scalar()), "min_count": Integer(1), "max_size": Integer(1), "unknown": Text()}
BETWEEN = {"low": Number(), "high": Number()}
TARGETS = (
    Target(f"{HERE}.categories.Index", "encoder", N, frozenset(N)),
    Target(f"{HERE}.categories.Hash", "encoder", N, frozenset(N)),
    Target(f"{HERE}.categories.Buckets", "encoder", {"bounds": ListOf(Number())}, frozenset({"bounds"})),
    Target(f"{HERE}.categories.Quantiles", "encoder", N, frozenset(N)),
    Target(f"{HERE}.numeric.Fill", "encoder", {"value": Scalar()}, frozenset({"value"})),
    Target(f"{HERE}.numeric.Clip", "encoder", BETWEEN, frozenset(BETWEEN)),
    Target(f"{HERE}.numeric.Log1p", "encoder"),
    Target(f"{HERE}.numeric.Standardize", "encoder"),
    Target(f"{HERE}.numeric.MinMax", "encoder"),
    Target(f"{HERE}.vocabulary.Vocabulary", "encoder", LISTED),
    Target(f"{HERE}.spread_vocabulary.SpreadVocabulary", "encoder", {**LISTED, "oov": Integer(1, 1_000_000)}),
)
