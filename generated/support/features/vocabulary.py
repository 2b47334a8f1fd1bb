"""Categories that are listed, or learned from the training rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import polars as pl

from .encoder import Encoder
from .errors import DataError


@dataclass
class Vocabulary(Encoder):
    """A value's place in a list: id 0 is for values out of vocabulary (and missing ones), then come the values.

    min_count, max_size: a value is learned when it is seen that often in training, and is one of the `max_size` most frequent.
        Learned values are ordered by falling count, equal counts by value.
    known: the values, in the order of their ids; nothing is learned then.
    unknown: a raw value that stands for a missing one, as "(no genres listed)".
    values: the values in the order of their ids, without those for out of vocabulary.
    """

    min_count: int = 1
    max_size: int | None = None
    known: list[Any] | None = None
    unknown: str | int | None = None
    values: list[Any] | None = field(default=None, repr=False)

    oov: ClassVar[int] = 1
    learned: ClassVar[tuple[str, ...]] = ("values",)

    def __post_init__(self) -> None:
        if self.oov < 1:
            raise ValueError(f"a vocabulary needs an id for values that are not in it: oov={self.oov}")
        if self.known is not None:
            if len({type(value) for value in self.known}) != 1:
                raise ValueError(f"the values of a vocabulary are of one kind: {self.known!r}")
            if len(set(self.known)) < len(self.known) or self.unknown in self.known:
                raise ValueError(f"values come twice in the vocabulary {self.known!r}, or the unknown one is among them")
            self.values = list(self.known)

    @property
    def size(self) -> int | None:
        """Ids out of vocabulary and in it together."""
        return None if self.values is None else self.oov + len(self.values)

    def is_sound(self) -> bool:
        """Values of one kind, each once."""
        kinds = {type(value) for value in self.values} if isinstance(self.values, list) else set()
        if len(kinds) != 1 or not kinds <= {int, float, str, bool} or self.values is None:
            return False
        return len(set(self.values)) == len(self.values) and all(value == value for value in self.values)

    def fit(self, values: pl.Series) -> None:
        """Learns the values, unless they are listed. Raises DataError where none is left."""
        if self.known is None:
            self.learn(value_counts(values), values.name)

    def fit_chunks(self, chunks: Iterator[pl.Series]) -> None:
        """In memory are the values that are there, each once."""
        if self.known is not None:
            return
        total, name = pl.DataFrame(), ""
        for values in chunks:
            name = values.name
            total = pl.concat([total, value_counts(values)]) if total.width else value_counts(values)
            total = total.group_by("value").agg(pl.col("count").sum())
        self.learn(total, name)

    def learn(self, counts: pl.DataFrame, name: str) -> None:
        """Learns from each `value` and its `count`; `name` is the column's. Raises DataError where none is left."""
        counts = counts.filter(pl.col("count") >= self.min_count)
        if self.unknown is not None:
            counts = counts.filter(pl.col("value") != self.unknown)
        ordered = counts.sort("count", "value", descending=[True, False])
        self.values = ordered["value"].head(self.max_size if self.max_size is not None else ordered.height).to_list()
        if not self.values:
            raise DataError(
                f"no value is seen {self.min_count} times in training", column=name, help="lower `min_count`", kind="fit"
            )

    def encode(self, values: pl.Series) -> pl.Series:
        """Ids (Int32). Raises DataError for values of another kind than the vocabulary's."""
        if self.values is None:
            raise RuntimeError("this vocabulary is not fitted")
        if values.dtype == pl.Null:
            return pl.zeros(len(values), dtype=pl.Int32, eager=True).alias(values.name)
        keys, values = pl.Series(self.values), as_category(values)
        if keys.dtype != values.dtype and len(keys) > 0:
            raise DataError(f"holds {values.dtype} where its vocabulary holds {keys.dtype}", column=values.name)
        ids = pl.int_range(self.oov, self.oov + len(keys), dtype=pl.Int32, eager=True)
        return self.with_strangers(values, values.replace_strict(keys, ids, default=None, return_dtype=pl.Int32))

    def with_strangers(self, values: pl.Series, ids: pl.Series) -> pl.Series:
        """Ids with one for each value that is out of vocabulary, where they are null."""
        return ids.fill_null(0)

    def decode(self, ids: Sequence[int] | pl.Series) -> pl.Series:
        """The values of ids; null for out of vocabulary, and for anything that is not an id."""
        if self.values is None:
            raise RuntimeError("this vocabulary is not fitted")
        place = pl.Series("id", ids, dtype=pl.Int64) - self.oov
        return pl.Series(self.values).gather(place.set((place < 0) | (place >= len(self.values)), None))


def value_counts(values: pl.Series) -> pl.DataFrame:
    """Each value that is there, and its count. Raises DataError for what is not a category."""
    return as_category(values).alias("value").drop_nulls().value_counts(name="count")


def as_category(values: pl.Series) -> pl.Series:
    """Values as one of the types that a category has: Int64, Float64, String or Boolean. Raises DataError for anything else."""
    if values.dtype.is_integer():
        return values.cast(pl.Int64)
    if values.dtype.is_float():
        return values.cast(pl.Float64).fill_nan(None)
    if isinstance(values.dtype, pl.Categorical | pl.Enum):
        return values.cast(pl.String)
    if values.dtype in (pl.String, pl.Boolean, pl.Null):
        return values
    raise DataError(f"holds {values.dtype}, which is not a category", column=values.name)
