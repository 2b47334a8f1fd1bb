"""What may stand in an argument of a component: a type each, which the checker reads and the reference describes."""

from __future__ import annotations


class ArgType:
    """What may stand in an argument. The checker reads an expression by the type that is asked for
    (`specc.resolve.arguments`).
    """

    description = "a value"

    def __str__(self) -> str:
        return self.description


class Number(ArgType):
    """A number between two bounds, each included unless it is open."""

    noun = "a number"

    def __init__(
        self,
        low: float | None = None,
        high: float | None = None,
        *,
        open_low: bool = False,
        open_high: bool = False,
    ) -> None:
        self.low, self.high, self.open_low, self.open_high = low, high, open_low, open_high
        bounds = [] if low is None else [f"{'above' if open_low else 'of at least'} {low:_}"]
        bounds += [] if high is None else [f"{'below' if open_high else 'at most'} {high:_}"]
        both = low is not None and high is not None and not (open_low or open_high)
        self.description = f"{self.noun} from {low:_} to {high:_}" if both else f"{self.noun} {' and '.join(bounds)}".strip()

    def holds(self, value: float) -> bool:
        """Whether a number is within the bounds."""
        above = self.low is None or value > self.low or (value == self.low and not self.open_low)
        below = self.high is None or value < self.high or (value == self.high and not self.open_high)
        return above and below


class Int(Number):
    """A whole number."""

    noun = "a whole number"


class Float(Number):
    """A number with or without a point."""


class Bool(ArgType):
    """`true` or `false`"""

    description = "`true` or `false`"


class Text(ArgType):
    """A string"""

    description = "a string"


class Duration(ArgType):
    """A length of time"""

    description = 'a length of time, such as "28d": a number and s, m, h, d or w'


class Literal(ArgType):
    """A number, a string or a truth value, as it is"""

    description = "a number or a string"


class Choice(ArgType):
    """One of a few names."""

    def __init__(self, *options: str) -> None:
        self.options = options
        self.description = "one of " + ", ".join(f"`{option}`" for option in self.options)


class ListOf(ArgType):
    """Several of one type: `[a, b]`, or by position where the argument is variadic."""

    def __init__(self, item: ArgType, least: int = 0, most: int = 1_000) -> None:
        self.item, self.least, self.most = item, least, most
        self.description = f"a list, each {self.item}"


class OneOrEach(ArgType):
    """One value for all, or `{name: value}` for each."""

    def __init__(self, item: ArgType) -> None:
        self.item = item
        self.description = f"{self.item}, or a record of them by name"


class AnyValue(ArgType):
    """A value of the network: a column, a tower, a pipeline."""

    description = "a value of the network"


class Block(ArgType):
    """A pipeline without a source: `mlp(64)`, `cross(2) -> dense(64)`, a declared block."""

    description = "a block, such as `mlp(64)`"


class Experts(ArgType):
    """A block, `n * block`, or a list of those."""

    description = "a block, `n * block`, or a list of blocks"


class ColumnName(ArgType):
    """A column of the schemas."""

    description = "a column"


class Rows(ArgType):
    """An expression over the columns of a row. `gives` is `bool` or `number`."""

    def __init__(self, gives: str) -> None:
        self.gives = gives
        self.description = "a condition on the row" if self.gives == "bool" else "a number computed from the row"


class LabelName(ArgType):
    """A label, or a condition on labels and columns."""

    description = "a label"


class Names(ArgType):
    """New names, such as the tasks of a mixture."""

    description = "a list of names"


class EmbeddingSet(ArgType):
    """A declared set of embedding tables."""

    description = "a set of embeddings"


class SchemaName(ArgType):
    """A declared schema."""

    description = "a schema"


class Target(ArgType):
    """What a retrieval loss ranks: a candidate column, or a tower over the columns of the candidates."""

    description = "a candidate column or a tower over candidates"


class ComponentOf(ArgType):
    """A call of a component of another kind: a sampler, an initializer, a schedule."""

    def __init__(self, kind: str, noun: str) -> None:
        self.kind, self.noun = kind, noun
        self.description = noun


class NumberOr(ArgType):
    """A number, or a call of a component that gives numbers."""

    def __init__(self, number: Number, component: ComponentOf) -> None:
        self.number, self.component = number, component
        self.description = f"{number}, or {component}"


class Mapping(ArgType):
    """`{name: value}` with column names as keys."""

    def __init__(self, item: ArgType) -> None:
        self.item = item
        self.description = f"a record, each {self.item}"
