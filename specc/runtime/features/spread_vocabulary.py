"""A vocabulary that tells values out of it apart."""

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from .hashing import hash_buckets
from .vocabulary import Vocabulary


@dataclass
class SpreadVocabulary(Vocabulary):
    """A vocabulary with ids 0 to oov - 1 for values out of it, each hashed into one of them; a missing value is always 0."""

    oov: int = 2  # type: ignore[misc]  # the one id of a plain vocabulary is not an argument there

    learned: ClassVar[tuple[str, ...]] = ("values",)

    def with_strangers(self, values: pl.Series, ids: pl.Series) -> pl.Series:
        """Ids with the hash of each value that is out of vocabulary, where they are null."""
        stranger = values.set(ids.is_not_null(), None)
        if self.unknown is not None:
            stranger = stranger.set((values == self.unknown).fill_null(False), None)
        hashed = hash_buckets(stranger, self.oov).cast(pl.Int32)
        return ids.zip_with(ids.is_not_null(), hashed).fill_null(0)
