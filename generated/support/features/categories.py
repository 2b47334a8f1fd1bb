"""Categories that need no list: given numbers, hashes, and ranges of a number."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import polars as pl

from .checks import refuse
from .encoder import Encoder, is_number
from .errors import DataError
from .hashing import hash_buckets
from .numeric import as_numbers


@dataclass
class Index(Encoder):
    """Whole numbers from 0 to n - 1, which are ids already."""

    n: int

    @property
    def size(self) -> int:
        """n."""
        return self.n

    def decode(self, ids: Sequence[int] | pl.Series) -> pl.Series:
        """The same numbers."""
        return pl.Series(ids)

    def encode(self, values: pl.Series) -> pl.Series:
        """Ids (Int32). Raises DataError for a number out of range, or none."""
        if not (values.dtype.is_integer() or values.dtype in (pl.Boolean, pl.Null)):
            raise DataError(f"`index({self.n})` takes whole numbers, this is {values.dtype}", column=values.name)
        whole = values.cast(pl.Int64)
        refuse(whole, whole.is_null(), "is missing", help="put `fill(...)` before `index`")
        refuse(
            whole, (whole < 0) | (whole >= self.n), f"is out of the range of `index({self.n})`, 0 to {self.n - 1}", kind="range"
        )
        return whole.cast(pl.Int32)


@dataclass
class Hash(Encoder):
    """Whole numbers or text hashed into n buckets; the same ids as `keras.layers.Hashing(n)`, on every machine."""

    n: int

    def __post_init__(self) -> None:
        if not 0 < self.n < 2**31:
            raise ValueError(f"hash({self.n}): ids have 32 bits")

    @property
    def size(self) -> int:
        """n."""
        return self.n

    def encode(self, values: pl.Series) -> pl.Series:
        """Ids (Int32). Raises DataError for a missing value, and for fractions, which have no one spelling."""
        if isinstance(values.dtype, pl.Categorical | pl.Enum):
            values = values.cast(pl.String)
        if not (values.dtype.is_integer() or values.dtype in (pl.String, pl.Boolean, pl.Null)):
            raise DataError(f"`hash` takes whole numbers or text, this is {values.dtype}", column=values.name)
        refuse(values, values.is_null(), "is missing", help="put `fill(...)` before `hash`, or use `vocab`")
        return hash_buckets(values, self.n).cast(pl.Int32)


@dataclass
class Buckets(Encoder):
    """Ranges of a number: how many of the bounds are not above it, so that id 0 is below the first bound."""

    bounds: list[float]

    def __post_init__(self) -> None:
        if not self.bounds or any(a >= b for a, b in zip(self.bounds, self.bounds[1:], strict=False)):
            raise ValueError(f"bounds of buckets rise: {self.bounds}")

    @property
    def size(self) -> int:
        """One more than there are bounds."""
        return len(self.bounds) + 1

    def encode(self, values: pl.Series) -> pl.Series:
        """Ids (Int32). Raises DataError for a value that is missing or no number."""
        return count_bounds(values, self.bounds)


@dataclass
class Quantiles(Encoder):
    """Ranges of a number that hold about equally many training values: `bounds` are their quantiles 1/n, 2/n, ... (linear)."""

    n: int
    bounds: list[float] | None = field(default=None, repr=False)

    learned: ClassVar[tuple[str, ...]] = ("bounds",)

    def __post_init__(self) -> None:
        if self.n < 2:
            raise ValueError(f"quantiles({self.n}) tells nothing apart")

    @property
    def size(self) -> int:
        """n, also where equal quantiles leave ids without values."""
        return self.n

    def is_sound(self) -> bool:
        """n - 1 numbers that do not fall."""
        bounds = self.bounds if isinstance(self.bounds, list) else []
        return len(bounds) == self.n - 1 and all(map(is_number, bounds)) and bounds == sorted(bounds)

    def fit(self, values: pl.Series) -> None:
        """Learns the n - 1 bounds. Raises DataError without values."""
        numbers = as_numbers(values)
        if numbers.is_empty():
            raise DataError("there are no training values to take quantiles of", column=values.name, kind="fit")
        self.bounds = np.quantile(numbers.to_numpy(), np.arange(1, self.n) / self.n).tolist()

    def encode(self, values: pl.Series) -> pl.Series:
        """Ids (Int32). Raises DataError for a value that is missing or no number."""
        if self.bounds is None:
            raise RuntimeError("these quantiles are not fitted")
        return count_bounds(values, self.bounds)


def count_bounds(values: pl.Series, bounds: list[float]) -> pl.Series:
    """How many of the rising bounds are at most each value (Int32)."""
    counts = np.searchsorted(np.asarray(bounds), as_numbers(values).to_numpy(), side="right")
    return pl.Series(values.name, counts.astype(np.int32))
