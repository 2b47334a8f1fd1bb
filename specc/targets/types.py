"""Types of the arguments of targets: what a saved IR may put there. Anything else is refused before it is called.

Strings are names out of a list, or data (a separator, a path to read); nothing is taken for code, for a class or for an object
that somebody serialized.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

MAX_ITEMS = 10_000_000  # of one list: a vocabulary that a spec lists
MAX_TEXT = 1_000_000


class Type:
    """A type of values. `name` is how a message calls it."""

    name = "a value"

    def accepts(self, value: Any) -> bool:
        """Whether a plain value is of the type."""
        return False


class Bool(Type):
    """true or false."""

    name = "true or false"

    def accepts(self, value: Any) -> bool:
        """Only these two."""
        return isinstance(value, bool)


class Integer(Type):
    """A whole number between two bounds, or the size of a vocabulary."""

    def __init__(self, low: int = 0, high: int = 2**31 - 1) -> None:
        self.low, self.high = low, high
        self.name = f"a whole number from {low:_} to {high:_}"

    def accepts(self, value: Any) -> bool:
        """Within the bounds."""
        return isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high


class Number(Type):
    """A finite number."""

    name = "a number"

    def accepts(self, value: Any) -> bool:
        """Neither infinite nor NaN."""
        return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


class Text(Type):
    """Text that is data."""

    name = "a text"

    def accepts(self, value: Any) -> bool:
        """Of any length that a spec has."""
        return isinstance(value, str) and len(value) <= MAX_TEXT


class Files(Text):
    """A file, or a pattern that several match, where a program looks for them."""

    name = "a file or a pattern"


class Scalar(Type):
    """A number, a text or a truth value, as it stands in data."""

    name = "a number, a text or a truth value"

    def accepts(self, value: Any) -> bool:
        """As each of these."""
        return any(one.accepts(value) for one in (Bool(), Number(), Text()))


class Choice(Type):
    """One of some names."""

    def __init__(self, *options: str) -> None:
        self.options = frozenset(options)
        self.name = "one of " + ", ".join(options)

    def accepts(self, value: Any) -> bool:
        """One of them."""
        return isinstance(value, str) and value in self.options


class ListOf(Type):
    """A list of values of one type."""

    def __init__(self, item: Type) -> None:
        self.item = item
        self.name = f"a list, each {item.name}"

    def accepts(self, value: Any) -> bool:
        """Every item."""
        return isinstance(value, list) and len(value) <= MAX_ITEMS and all(self.item.accepts(item) for item in value)


class MappingOf(Type):
    """Values of one type by name."""

    def __init__(self, item: Type) -> None:
        self.item = item
        self.name = f"a record, each {item.name}"

    def accepts(self, value: Any) -> bool:
        """Every value; names are text."""
        return isinstance(value, Mapping) and all(isinstance(k, str) and self.item.accepts(v) for k, v in value.items())


class LossNames(Type):
    """The names of all losses of the program, each once."""

    name = "the names of the losses"


class Array(Type):
    """Numbers that data decide: counts, ids of candidates, a column of an entity."""

    name = "an array that data decide"


class Network(Type):
    """A network of the program."""

    name = "a network of the program"


class Condition(Type):
    """An expression over the columns of a row."""

    name = "an expression over columns"


class Column(Text):
    """A column that is read, by its name."""

    name = "a column"


class ObjectOf(Type):
    """An object that another target of some kind makes, such as an initializer; or one of the types in `also`."""

    def __init__(self, kind: str, *also: Type) -> None:
        self.kind = kind
        self.also = also
        self.name = " or ".join([f"an object of the kind {kind}", *(one.name for one in also)])

    def accepts(self, value: Any) -> bool:
        """What may stand there instead of an object."""
        return any(one.accepts(value) for one in self.also)


class Result(Type):
    """The result of a call, or an input."""

    name = "the result of a call"


class Results(Type):
    """Several of them."""

    name = "a list of results of calls"


AXIS = Integer(-4, 4)
