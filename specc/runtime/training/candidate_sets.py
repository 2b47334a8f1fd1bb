"""What retrieval losses rank: the ids of candidates, what they stand for, and the columns that their towers read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from ..features.features import Features
from .catalogue import by_id, ids_of_rows


@dataclass(frozen=True)
class Candidates:
    """The candidates of a retrieval loss: the ids of a feature, from `first` on.

    entity: a table of which they have a row; without one, all ids are candidates. columns: features of the entity that their
    tower reads.
    """

    feature: str
    first: int = 1
    entity: str | None = None
    columns: Sequence[str] = ()

    def size(self, features: Features) -> int:
        """How many ids their vocabulary has."""
        return features.sizes[features.vocabulary(self.feature)]

    def ids(self, features: Features, entities: Mapping[str, pl.DataFrame]) -> Any:
        """Their ids, int64 (n,), rising. Raises DataError where there is none."""
        if self.entity is None:
            return np.arange(self.first, self.size(features), dtype="int64")
        return ids_of_rows(self.row_ids(features, entities), self.first).astype("int64")

    def row_ids(self, features: Features, entities: Mapping[str, pl.DataFrame]) -> Any:
        """The id of each row of their entity (rows,)."""
        assert self.entity is not None
        return features.encode(entities[self.entity], [self.feature])[self.feature]

    def values(self, ids: Any, features: Features, entities: Mapping[str, pl.DataFrame]) -> pl.Series:
        """What ids stand for, as their encoder says; of one that cannot, a key of the entity with that id, else the id."""
        values: pl.Series | None = features.chain(self.feature)[-1].decode(ids.tolist())
        if values is not None:
            return values
        if self.entity is None:
            return pl.Series(ids)
        keys = entities[self.entity][features.features[self.feature].column or self.feature]
        place = np.zeros(self.size(features), np.int64)
        own = self.row_ids(features, entities)
        place[own] = np.arange(len(own))
        return keys.gather(place[ids])

    def catalogue(self, features: Features, entities: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
        """The columns that their tower reads, by candidate id (size, ...)."""
        if self.entity is None or not self.columns:
            return {}
        ids, size = self.row_ids(features, entities), self.size(features)
        encoded = features.encode(entities[self.entity], self.columns)
        return {name: by_id(values, ids, size) for name, values in encoded.items()}
