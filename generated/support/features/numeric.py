"""Numbers scaled, clipped and filled in. All compute in 64 bits; what learns, learns from training values only."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .checks import not_finite, refuse
from .encoder import Encoder, is_number
from .errors import DataError
from .scalars import to_float


def as_numbers(values: pl.Series) -> pl.Series:
    """Float64 without a null. Raises DataError for a value that is missing (or NaN), infinite or no number."""
    if values.dtype.is_float():
        values = values.fill_nan(None)
    refuse(values, values.is_null(), "is missing", help="put `fill(...)` first, or leave out such rows")
    numbers = to_float(values)
    refuse(values, numbers.is_null(), "is not a finite number")
    return numbers


def model_numbers(values: pl.Series, numbers: pl.Series) -> pl.Series:
    """Numbers as a model takes them, Float64. Raises DataError, with the value that it was made of, for one that the 32 bits in
    which models compute do not hold; besides as `as_numbers`.
    """
    if numbers.dtype.is_float():
        refuse(
            values, not_finite(numbers), "is too large for a model's 32 bits", help="put `clip(low, high)` first", kind="range"
        )
    return as_numbers(numbers)


@dataclass
class Fill(Encoder):
    """A missing value (null or NaN) becomes this one."""

    value: float | str | bool

    fills: ClassVar[bool] = True

    def encode(self, values: pl.Series) -> pl.Series:
        """The values without a null; text becomes numbers where it is filled with one.
        Raises DataError for values of another kind.
        """
        if values.dtype == pl.Null:
            return pl.repeat(self.value, len(values), eager=True).alias(values.name)
        if values.dtype.is_float():
            values = values.fill_nan(None)
        if isinstance(self.value, str) != (values.dtype == pl.String):
            if isinstance(self.value, str):
                raise DataError(f"cannot be filled with text: it is {values.dtype}", column=values.name)
            numbers = to_float(values)
            refuse(values, numbers.is_null() & values.is_not_null(), "is not a finite number")
            whole = values.dtype.is_integer() or values.dtype == pl.Boolean
            values = values if whole else numbers
        if values.dtype.is_integer() and float(self.value) != int(self.value):
            values = values.cast(pl.Float64)
        return values.fill_null(self.value)


@dataclass
class Clip(Encoder):
    """Values below `low` become low, those above `high` high; None for no limit."""

    low: float | None = None
    high: float | None = None

    def encode(self, values: pl.Series) -> pl.Series:
        """Numbers (Float64)."""
        return as_numbers(values).clip(self.low, self.high)


@dataclass
class Log1p(Encoder):
    """log(1 + x)."""

    def encode(self, values: pl.Series) -> pl.Series:
        """Numbers (Float64). Raises DataError for x <= -1."""
        numbers = as_numbers(values)
        refuse(numbers, numbers <= -1, "has no log1p", help="put `clip(0, ...)` first", kind="range")
        return numbers.log1p()


@dataclass
class Standardize(Encoder):
    """(x - mean) / std, with the population's standard deviation of the training values; a constant column gives zeros."""

    mean: float | None = None
    std: float | None = None

    learned: ClassVar[tuple[str, ...]] = ("mean", "std")
    block: ClassVar[int] = 2**16  # values whose moments are computed at once

    def is_sound(self) -> bool:
        """Two numbers, a deviation of at least 0."""
        return is_number(self.mean) and is_number(self.std) and self.std is not None and self.std >= 0

    def fit(self, values: pl.Series) -> None:
        """Learns mean and std. Raises DataError without values, and for one that 32 bits do not hold."""
        numbers = model_numbers(values, as_numbers(values)).to_numpy()
        if numbers.size == 0:
            raise DataError("there are no training values to standardize by", column=values.name, kind="fit")
        self.learn(numbers[start : start + self.block] for start in range(0, numbers.size, self.block))

    def fit_chunks(self, chunks: Iterator[pl.Series]) -> None:
        """The same bits, in blocks of the same numbers."""
        blocks = in_blocks((model_numbers(values, as_numbers(values)).to_numpy() for values in chunks), self.block)
        first = next(blocks, None)
        if first is None:
            self.fit(pl.Series(dtype=pl.Float64))  # raises, and says that there are none
        else:
            self.learn(itertools.chain([first], blocks))

    def learn(self, blocks: Iterable[NDArray[Any]]) -> None:
        """Learns from blocks of `block` numbers, the last of what is left; there is at least one.

        Moments are merged as by Chan, Golub & LeVeque, "Algorithms for computing the sample variance" (1983). The same blocks
        give the same bits, wherever the values come from.
        """
        count, mean, squares = 0, 0.0, 0.0
        low, high = float("inf"), float("-inf")
        for block in blocks:
            own, more = float(block.mean()), len(block)
            step = own - mean
            squares += float(((block - own) ** 2).sum()) + step * step * count * more / (count + more)
            mean = mean + step * more / (count + more) if count else own
            count += more
            low, high = min(low, float(block.min())), max(high, float(block.max()))
        self.mean = mean
        # The mean of equal values is off by rounding, and a deviation of 1e-17 would blow that up.
        self.std = 0.0 if low == high else (squares / count) ** 0.5

    def encode(self, values: pl.Series) -> pl.Series:
        """Numbers (Float64)."""
        if self.mean is None or self.std is None:
            raise RuntimeError("this standardization is not fitted")
        return (as_numbers(values) - self.mean) / (self.std or 1.0)


@dataclass
class MinMax(Encoder):
    """(x - min) / (max - min): 0 to 1 for training values, beyond for values beyond them; a constant column gives zeros."""

    low: float | None = None
    high: float | None = None

    learned: ClassVar[tuple[str, ...]] = ("low", "high")

    def is_sound(self) -> bool:
        """Two numbers, one not below the other."""
        numbers = is_number(self.low) and is_number(self.high)
        return numbers and self.low is not None and self.high is not None and self.low <= self.high

    def fit(self, values: pl.Series) -> None:
        """Learns the smallest and the largest value. Raises DataError without values, and for one that 32 bits do not hold."""
        numbers = model_numbers(values, as_numbers(values)).to_numpy()
        if numbers.size == 0:
            raise DataError("there are no training values to scale by", column=values.name, kind="fit")
        self.low, self.high = float(numbers.min()), float(numbers.max())

    def fit_chunks(self, chunks: Iterator[pl.Series]) -> None:
        """From the ends of each chunk."""
        ends = pl.Series(dtype=pl.Float64)
        for values in chunks:
            numbers = as_numbers(values)
            found = pl.Series(values.name, [numbers.min(), numbers.max()], dtype=pl.Float64)
            ends = pl.concat([ends.alias(values.name), found.drop_nulls()])
        self.fit(ends)

    def encode(self, values: pl.Series) -> pl.Series:
        """Numbers (Float64)."""
        if self.low is None or self.high is None:
            raise RuntimeError("this scale is not fitted")
        return (as_numbers(values) - self.low) / ((self.high - self.low) or 1.0)


def in_blocks(chunks: Iterable[NDArray[Any]], size: int) -> Iterator[NDArray[Any]]:
    """The same numbers, `size` at a time, the last time what is left."""
    left = np.zeros(0)
    for numbers in chunks:
        left = np.concatenate([left, numbers])
        while len(left) >= size:
            yield left[:size]
            left = left[size:]
    if len(left):
        yield left
