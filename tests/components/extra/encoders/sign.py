"""`sign`: below zero, zero, above."""

from __future__ import annotations

from specc.registry.building import Config, Object
from specc.registry.component import BoundArguments
from specc.registry.encoder import Encoder


class Sign(Encoder):
    """0 for a number below zero, 1 for zero, 2 for one above."""

    takes = frozenset({"int"})
    gives = "category"
    distinct_ids = False

    def size(self, a: BoundArguments) -> int | None:
        return 3

    def lower(self, a: Config) -> Object:
        return Object("specc.runtime.features.categories.Buckets", bounds=[0, 1])
