"""What a schema says: columns with their storage, encoders and tags, and the vocabularies that categories index."""

from __future__ import annotations

from typing import Any, Literal

from specc.text import Span

Shape = Literal["scalar", "bag", "sequence"]


class Axis:
    """The time axis of a sequence column or history: sequences combine only when theirs is the very same one."""

    __slots__ = ("n", "name")

    def __init__(self, name: str, n: int) -> None:
        self.name = name
        self.n = n


class Storage:
    """How a column is stored: `element` is one of int, float, string, bool, time, vector; `shape` scalar, bag or sequence.

    `size` is the width of a vector or the length of a sequence.
    """

    __slots__ = ("element", "nullable", "raw", "shape", "size", "span")

    def __init__(self, element: str, shape: Shape, size: int | None, nullable: bool, raw: str | None, span: Span) -> None:
        self.element = element
        self.shape = shape
        self.size = size
        self.nullable = nullable
        self.raw = raw
        self.span = span


class Encoding:
    """One encoder of a column's chain, with its arguments as plain values."""

    __slots__ = ("config", "name", "span")

    def __init__(self, name: str, config: dict[str, Any], span: Span) -> None:
        self.name = name
        self.config = config
        self.span = span


class Vocabulary:
    """What the ids of a category mean. Columns share it through `same`, `history` and an entity's key.

    `size` is None until data is seen; `first` is the first id that is a real value (ids below are out of vocabulary);
    `distinct` says that an id stands for one value.
    """

    __slots__ = ("columns", "distinct", "encoding", "first", "name", "size", "span")

    def __init__(
        self, name: str, span: Span, encoding: Encoding, size: int | None, first: int, *, distinct: bool = True
    ) -> None:
        self.name = name
        self.span = span
        self.encoding = encoding
        self.size = size
        self.first = first
        self.distinct = distinct
        self.columns: list[str] = []


class Column:
    """A resolved column. `gives` is what the network sees: category, number, vector, or None for a plain column.

    `derived` is None for a column that is read, else `(kind, config)`: a row expression, a cross, a history, an extract.
    """

    __slots__ = (
        "axis",
        "derived",
        "encodings",
        "gives",
        "is_label",
        "name",
        "schema",
        "shape",
        "span",
        "storage",
        "tags",
        "vocabulary",
    )

    def __init__(self, name: str, schema: str, span: Span, storage: Storage) -> None:
        self.name = name
        self.schema = schema
        self.span = span
        self.storage = storage
        self.shape = storage.shape
        self.axis: Axis | None = None
        self.derived: tuple[str, dict[str, Any]] | None = None
        self.encodings: list[Encoding] = []
        self.gives: Literal["category", "number", "vector"] | None = None
        self.is_label = False
        self.tags: dict[str, Span] = {}
        self.vocabulary: Vocabulary | None = None

    def hold(self, storage: Storage) -> None:
        """Say how the column is stored, and so how many values a row has."""
        self.storage, self.shape = storage, storage.shape


class Schema:
    """A declared schema; `key` is set for an entity: the column (of another schema) whose values its rows describe."""

    __slots__ = ("columns", "key", "key_span", "name", "span")

    def __init__(self, name: str, span: Span, key: str | None, key_span: Span | None) -> None:
        self.name = name
        self.span = span
        self.key = key
        self.key_span = key_span
        self.columns: dict[str, Column] = {}
