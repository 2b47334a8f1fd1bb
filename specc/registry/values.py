"""The values of a network while a spec is checked: what each name is, down to its (possibly symbolic) shape.

Light slotted classes on purpose: `check` needs neither TensorFlow nor pydantic. A batch axis is implied everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from specc.registry.columns import Axis, Column
from specc.text import Span

Scale = Literal["Logit", "Prob", "Real"]
SCALES = {"Logit": "a logit", "Prob": "a probability", "Real": "a plain number"}  # what a message calls them


class Dim:
    """A width, and the place where it came from. Where and why stand outside equality: two widths are equal when their
    numbers are.

    Sizes that only data decides belong to tables (`specc.registry.columns.Vocabulary`), never to a value of the network.
    """

    __slots__ = ("n", "span", "why")

    def __init__(self, n: int, span: Span, why: str) -> None:
        self.n = n
        self.span = span
        self.why = why

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dim) and self.n == other.n

    def __hash__(self) -> int:
        return hash(self.n)

    def __str__(self) -> str:
        return str(self.n)


class Value:
    """Anything that a pipeline can carry. `name` is how a diagnostic calls it; `span` is where it was written."""

    __slots__ = ("name", "span")
    kind = "a value"

    def __init__(self, name: str, span: Span) -> None:
        self.name = name
        self.span = span

    def __str__(self) -> str:
        return self.kind


class ErrorValue(Value):
    """The value of something that was already reported: every rule accepts it and nothing more is said."""

    __slots__ = ()
    kind = "nothing"


class Feature(Value):
    """An encoded column, as the network reads it: a category (ids), a number, or a ready vector; one a row, a bag, or a
    sequence.
    """

    __slots__ = ("column",)

    def __init__(self, name: str, span: Span, column: Column) -> None:
        super().__init__(name, span)
        self.column = column

    def __str__(self) -> str:
        shape = {"scalar": "", "bag": "a bag of ", "sequence": "a sequence of "}[self.column.shape]
        gives = self.column.gives or "number"
        one = {"category": "a category", "number": "a number", "vector": "a vector"}[gives]
        many = {"category": "categories", "number": "numbers", "vector": "vectors"}[gives]
        return f"{shape}{many}" if shape else one


class Tensor(Value):
    """What an operator call gives: `node` is that call and `port` which of its outputs."""

    __slots__ = ("node",)
    node: str

    def __init__(self, name: str, span: Span, node: str) -> None:
        super().__init__(name, span)
        self.node = node


class Vector(Tensor):
    """(batch, dim)"""

    __slots__ = ("dim",)

    def __init__(self, name: str, span: Span, node: str, dim: Dim) -> None:
        super().__init__(name, span, node)
        self.dim = dim

    def __str__(self) -> str:
        return f"a vector of width {self.dim}"


class Sequence(Tensor):
    """(batch, axis.n, dim), with the axis' mask beside it"""

    __slots__ = ("axis", "dim")

    def __init__(self, name: str, span: Span, node: str, axis: Axis, dim: Dim) -> None:
        super().__init__(name, span, node)
        self.axis = axis
        self.dim = dim

    def __str__(self) -> str:
        return f"a sequence ({self.axis.name}, {self.axis.n} steps) of width {self.dim}"


class Stack(Tensor):
    """(batch, n, dim): vectors stacked on an axis that is not a time axis and has no mask"""

    __slots__ = ("dim", "n")

    def __init__(self, name: str, span: Span, node: str, n: int, dim: Dim) -> None:
        super().__init__(name, span, node)
        self.n = n
        self.dim = dim

    def __str__(self) -> str:
        return f"{self.n} stacked vectors of width {self.dim}"


class Prediction(Tensor):
    """(batch, 1): a score with a meaning, `Logit` (before the sigmoid), `Prob` (after it) or `Real`"""

    __slots__ = ("scale",)

    def __init__(self, name: str, span: Span, node: str, scale: Scale) -> None:
        super().__init__(name, span, node)
        self.scale = scale

    def __str__(self) -> str:
        return {"Logit": "a logit", "Prob": "a probability", "Real": "a prediction"}[self.scale]


class ListValue(Value):
    """A list: values side by side, already spliced"""

    __slots__ = ("items",)

    def __init__(self, name: str, span: Span, items: list[Value]) -> None:
        super().__init__(name, span)
        self.items = items

    def __str__(self) -> str:
        return f"a list of {len(self.items)}"


class Record(Value):
    """Named fields, such as the tasks of a mixture. An operator acts on each field with weights of its own."""

    __slots__ = ("fields",)

    def __init__(self, name: str, span: Span, fields: dict[str, Value]) -> None:
        super().__init__(name, span)
        self.fields = fields

    def __str__(self) -> str:
        return "a record of " + ", ".join(f"`{name}`" for name in self.fields)


def leaves(value: Value) -> Iterator[Value]:
    """The single values inside lists and records."""
    if isinstance(value, ListValue):
        for item in value.items:
            yield from leaves(item)
    elif isinstance(value, Record):
        for item in value.fields.values():
            yield from leaves(item)
    else:
        yield value


def width(value: Value) -> Dim | None:
    """The last axis of a single value; None for what has none (categories, lists, records)."""
    if isinstance(value, (Vector, Sequence, Stack)):
        return value.dim
    if isinstance(value, Prediction):
        return Dim(1, value.span, "a prediction is one number")
    if isinstance(value, Feature) and value.column.gives == "number":
        return Dim(1, value.span, f"`{value.name}` is one number")
    if isinstance(value, Feature) and value.column.gives == "vector" and value.column.storage.size:
        return Dim(value.column.storage.size, value.column.storage.span, f"`{value.name}` is declared so")
    return None
