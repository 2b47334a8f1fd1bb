"""Components and their arguments: the declarative half that the checker, the reference and the editor read.

A component lists its arguments as class attributes, in the order in which they may be given by position:

    class Dropout(Op):
        rate = Arg(Float(0, 1, open_high=True), doc="the share of values that is set to zero")
"""

from __future__ import annotations

from typing import Any, ClassVar

from specc.text import Span


class Required:
    """The default of an argument that has none."""

    def __repr__(self) -> str:
        return "required"


REQUIRED = Required()


class Sort:
    """What may stand in an argument. The checker reads an expression by the sort that is asked for
    (`specc.resolve.arguments`).
    """

    says = "a value"

    def __str__(self) -> str:
        return self.says


class Number(Sort):
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
        self.says = f"{self.noun} from {low:_} to {high:_}" if both else f"{self.noun} {' and '.join(bounds)}".strip()

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


class Bool(Sort):
    """`true` or `false`"""

    says = "`true` or `false`"


class Text(Sort):
    """A string"""

    says = "a string"


class Duration(Sort):
    """A length of time"""

    says = 'a length of time, such as "28d": a number and s, m, h, d or w'


class Literal(Sort):
    """A number, a string or a truth value, as it is"""

    says = "a number or a string"


class Choice(Sort):
    """One of a few names."""

    def __init__(self, *options: str) -> None:
        self.options = options
        self.says = "one of " + ", ".join(f"`{option}`" for option in self.options)


class ListOf(Sort):
    """Several of one sort: `[a, b]`, or by position where the argument is variadic."""

    def __init__(self, item: Sort, least: int = 0, most: int = 1_000) -> None:
        self.item, self.least, self.most = item, least, most
        self.says = f"a list, each {self.item}"


class OneOrEach(Sort):
    """One value for all, or `{name: value}` for each."""

    def __init__(self, item: Sort) -> None:
        self.item = item
        self.says = f"{self.item}, or a record of them by name"


class AnyValue(Sort):
    """A value of the network: a column, a tower, a pipeline."""

    says = "a value of the network"


class Block(Sort):
    """A pipeline without a source: `mlp(64)`, `cross(2) -> dense(64)`, a declared block."""

    says = "a block, such as `mlp(64)`"


class Experts(Sort):
    """A block, `n * block`, or a list of those."""

    says = "a block, `n * block`, or a list of blocks"


class ColumnName(Sort):
    """A column of the schemas."""

    says = "a column"


class Rows(Sort):
    """An expression over the columns of a row. `gives` is `bool` or `number`."""

    def __init__(self, gives: str) -> None:
        self.gives = gives
        self.says = "a condition on the row" if self.gives == "bool" else "a number computed from the row"


class LabelName(Sort):
    """A label, or a condition on labels and columns."""

    says = "a label"


class Names(Sort):
    """New names, such as the tasks of a mixture."""

    says = "a list of names"


class EmbeddingSet(Sort):
    """A declared set of embedding tables."""

    says = "a set of embeddings"


class SchemaName(Sort):
    """A declared schema."""

    says = "a schema"


class Target(Sort):
    """What a retrieval loss ranks: a candidate column, or a tower over the columns of the candidates."""

    says = "a candidate column or a tower over candidates"


class ComponentOf(Sort):
    """A call of a component of another kind: a sampler, an initializer, a schedule."""

    def __init__(self, kind: str, noun: str) -> None:
        self.kind, self.noun = kind, noun
        self.says = noun


class NumberOr(Sort):
    """A number, or a call of a component that gives numbers."""

    def __init__(self, number: Number, component: ComponentOf) -> None:
        self.number, self.component = number, component
        self.says = f"{number}, or {component}"


class Mapping(Sort):
    """`{name: value}` with column names as keys."""

    def __init__(self, item: Sort) -> None:
        self.item = item
        self.says = f"a record, each {self.item}"


class Arg:
    """One argument of a component: its sort, its default, and what it does.

    `named` arguments are given by name only; a `variadic` one takes all that is given by position.
    """

    __slots__ = ("default", "doc", "name", "named", "sort", "variadic")

    def __init__(
        self, sort: Sort, default: Any = REQUIRED, doc: str = "", *, named: bool = False, variadic: bool = False
    ) -> None:
        self.name = ""
        self.sort, self.default, self.doc, self.named, self.variadic = sort, default, doc, named, variadic

    @property
    def required(self) -> bool:
        """Whether the argument must be given."""
        return self.default is REQUIRED


class Bound:
    """The arguments of one call, read and checked: `a.units` is a value, `a.at("units")` where it was written."""

    __slots__ = ("_spans", "_values", "span")

    def __init__(self, span: Span, values: dict[str, Any], spans: dict[str, Span]) -> None:
        self.span = span
        self._values = values
        self._spans = spans

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def at(self, name: str) -> Span:
        """Where an argument was written; the whole call when its default stands."""
        return self._spans.get(name, self.span)

    def given(self, name: str) -> bool:
        """Whether an argument was written."""
        return name in self._spans

    def plain(self) -> dict[str, Any]:
        """The arguments that are plain data, in the order of their declaration."""
        return {name: value for name, value in self._values.items() if _is_plain(value)}


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_is_plain(item) for item in value)
    if isinstance(value, dict):
        return all(_is_plain(item) for item in value.values())
    return value is None or isinstance(value, (bool, int, float, str))


class Word:
    """A component. `name` and `kind` come from the file that it lives in; `lacks` says of arguments that others of its kind
    take why it takes none.
    """

    name: ClassVar[str]
    kind: ClassVar[str]
    args: ClassVar[dict[str, Arg]] = {}
    lacks: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        *_, cls.kind, cls.name = ("", *cls.__module__.split("."))
        inherited = dict(cls.args)
        for name, arg in list(vars(cls).items()):
            if isinstance(arg, Arg):
                arg.name = name
                inherited[name] = arg
                delattr(cls, name)
        cls.args = inherited
