"""How the columns of a schema are stored, a class for each kind, and raw values read as that."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import polars as pl

from .checks import not_finite, refuse
from .errors import DataError
from .lists import flatten, unflatten
from .scalars import to_bool, to_float, to_int, to_string
from .times import in_unit, largest_unix, like_dates, of_another_kind, to_time


@dataclass(frozen=True, kw_only=True)
class Column:
    """How one column is stored.

    raw: the column's name in the data, where it differs from the schema's.
    optional: whether a value may be missing; a missing bag or sequence is read as an empty one.
    """

    raw: str | None = None
    optional: bool = False

    @property
    def storage(self) -> str:
        """In the words of the schema: `int?`, `seq(string, 50)`."""
        raise NotImplementedError

    def read(self, values: pl.Series, row: Callable[[int], int] = int, file: str | None = None) -> pl.Series:
        """Raw values as this storage; `row` gives the row of the i-th one. Raises DataError for one that does not fit."""
        raise NotImplementedError

    def largest_time(self, values: pl.Series) -> int:
        """The size of the largest unix time among raw values; 0 where there is none."""
        return 0

    def in_unit(self, times: pl.Series, taken: int, unit: int) -> pl.Series:
        """Times that were read as unix times of the unit `taken`, as those of a smaller one, both in nanoseconds."""
        return times


class ScalarColumn(Column):
    """One value a row, with null only where it is optional."""

    noun: ClassVar[str]

    def parse(self, values: pl.Series) -> pl.Series:
        """The values as this kind; null for what is none."""
        raise NotImplementedError

    @property
    def storage(self) -> str:
        """`int`, `int?`."""
        return self.noun + "?" * self.optional

    def read(self, values: pl.Series, row: Callable[[int], int] = int, file: str | None = None) -> pl.Series:
        """Blanks around text are dropped; an empty text is missing for all but text, and so is a NaN for all."""
        if isinstance(values.dtype, pl.Categorical | pl.Enum):
            values = values.cast(pl.String)
        if values.dtype == pl.String:
            values = values.str.strip_chars()
            if self.optional or self.noun != "string":
                values = values.set(values == "", None)
        if values.dtype.is_float():
            values = values.fill_nan(None)  # pandas writes a missing number as NaN
        parsed = self.parse(values).alias(values.name)
        refuse(
            values,
            parsed.is_null() & values.is_not_null(),
            f"is not {'an' if self.noun == 'int' else 'a'} {self.noun}",
            row,
            file,
        )
        if not self.optional:
            advice = f"declare `{self.noun}?`, and fill it in where it is a feature"
            refuse(values, parsed.is_null(), "is missing", row, file, advice)
        return parsed


class IntColumn(ScalarColumn):
    """Whole numbers of 64 bits."""

    noun: ClassVar[str] = "int"

    def parse(self, values: pl.Series) -> pl.Series:
        """Int64."""
        return to_int(values)


class FloatColumn(ScalarColumn):
    """Finite numbers."""

    noun: ClassVar[str] = "float"

    def parse(self, values: pl.Series) -> pl.Series:
        """Float64."""
        return to_float(values)


class StringColumn(ScalarColumn):
    """Text."""

    noun: ClassVar[str] = "string"

    def parse(self, values: pl.Series) -> pl.Series:
        """String."""
        return to_string(values)


class BoolColumn(ScalarColumn):
    """Truth values."""

    noun: ClassVar[str] = "bool"

    def parse(self, values: pl.Series) -> pl.Series:
        """Boolean."""
        return to_bool(values)


class TimeColumn(ScalarColumn):
    """Points in time."""

    noun: ClassVar[str] = "time"

    def parse(self, values: pl.Series) -> pl.Series:
        """Datetime in microseconds, UTC."""
        return to_time(values)

    def read(self, values: pl.Series, row: Callable[[int], int] = int, file: str | None = None) -> pl.Series:
        """As any scalar; a number that looks like a date, and numbers among texts, are refused."""
        parsed = super().read(values, row, file)
        if values.dtype == pl.String:
            values = values.str.strip_chars()
            other = "is a number among dates, or a date among numbers"
            refuse(values, of_another_kind(values), other, row, file, "write all times as unix times, or all as 2024-05-31")
        if values.dtype == pl.String or values.dtype.is_numeric():
            advice = "write it as 2024-05-31, or declare `int`, which keeps the order"
            refuse(values, like_dates(values), "looks like a date, and a number is read as unix time", row, file, advice)
        return parsed

    def largest_time(self, values: pl.Series) -> int:
        """Of numbers, and texts of numbers."""
        return largest_unix(values.str.strip_chars() if values.dtype == pl.String else values)

    def in_unit(self, times: pl.Series, taken: int, unit: int) -> pl.Series:
        """Datetime in microseconds, UTC."""
        return in_unit(times, taken, unit)


@dataclass(frozen=True)
class ListColumn(Column):
    """Several values a row.

    item: how one of them is stored.
    """

    item: ScalarColumn

    def flat_values(self, values: pl.Series, file: str | None) -> tuple[pl.Series, np.ndarray[tuple[int], np.dtype[np.int64]]]:
        """The values of all rows, and how many each row has. Raises DataError for what is not a list, and a missing one."""
        if values.dtype == pl.Null:  # of which nothing is there
            values = values.cast(pl.List(pl.Null))
        if not isinstance(values.dtype, pl.List | pl.Array):
            found = "text" if values.dtype == pl.String else str(values.dtype)
            advice = f'write `separate={{{values.name}: "|"}}` with what separates the values' if found == "text" else None
            message = f"holds {found} where the schema says `{self.storage}`"
            raise DataError(message, column=values.name, file=file, help=advice)
        if not self.optional:
            refuse(values, values.is_null(), "is missing", int, file, self.without_missing)
        flat, lengths = flatten(values)
        rows = np.repeat(np.arange(len(lengths)), lengths)
        return self.item.read(flat, lambda index: int(rows[index]), file), lengths

    @property
    def without_missing(self) -> str | None:
        """What to do about a missing list."""
        return f"declare `{self.storage}?` to read it as an empty one"

    def read(self, values: pl.Series, row: Callable[[int], int] = int, file: str | None = None) -> pl.Series:
        """A List."""
        return unflatten(*self.flat_values(values, file))

    def largest_time(self, values: pl.Series) -> int:
        """Of the values in all lists."""
        return self.item.largest_time(flatten(values)[0]) if isinstance(values.dtype, pl.List | pl.Array) else 0

    def in_unit(self, times: pl.Series, taken: int, unit: int) -> pl.Series:
        """A List."""
        values, lengths = flatten(times)
        return unflatten(self.item.in_unit(values, taken, unit).alias(times.name), lengths)


@dataclass(frozen=True)
class BagColumn(ListColumn):
    """Any number of values, in no order."""

    @property
    def storage(self) -> str:
        """`bag(int)`."""
        return f"bag({self.item.storage})" + "?" * self.optional


@dataclass(frozen=True)
class SequenceColumn(ListColumn):
    """Values in order of time, of which the last `length` are kept.

    group: the event group; all columns of one group have equal lengths in every row.
    """

    length: int
    group: str | None = None

    @property
    def storage(self) -> str:
        """`seq(int, 50)`."""
        return f"seq({self.item.storage}, {self.length})" + "?" * self.optional


@dataclass(frozen=True)
class VectorColumn(ListColumn):
    """A vector of `length` numbers."""

    length: int

    @property
    def storage(self) -> str:
        """`vector(16)`."""
        return f"vector({self.length})"

    @property
    def without_missing(self) -> str | None:
        """A vector has to be there."""
        return None

    def read(self, values: pl.Series, row: Callable[[int], int] = int, file: str | None = None) -> pl.Series:
        """An Array of Float32."""
        flat, lengths = self.flat_values(values, file)
        wrong = pl.Series(lengths != self.length)
        refuse(pl.Series(values.name, lengths), wrong, f"is the length of a vector({self.length})", int, file)
        refuse(flat, not_finite(flat), "is too large for 32 bits", lambda index: index // self.length, file, kind="range")
        return flat.cast(pl.Float32).reshape((len(values), self.length)).alias(values.name)
