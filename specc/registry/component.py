"""Components and their arguments: the declarative half that the checker, the reference and the editor read.

A component lists its arguments as class attributes, in the order in which they may be given by position:

    class Dropout(Op):
        rate = Arg(Float(0, 1, open_high=True), doc="the share of values that is set to zero")
"""

from __future__ import annotations

from typing import Any, ClassVar

from specc.registry.arg_types import ArgType
from specc.text import Span


class Required:
    """The default of an argument that has none."""

    def __repr__(self) -> str:
        return "required"


REQUIRED = Required()


class Arg:
    """One argument of a component: its type, its default, and what it does.

    `named` arguments are given by name only; a `variadic` one takes all that is given by position.
    """

    __slots__ = ("default", "doc", "name", "named", "type", "variadic")

    def __init__(
        self, type: ArgType, default: Any = REQUIRED, doc: str = "", *, named: bool = False, variadic: bool = False
    ) -> None:
        self.name = ""
        self.type, self.default, self.doc, self.named, self.variadic = type, default, doc, named, variadic

    @property
    def required(self) -> bool:
        """Whether the argument must be given."""
        return self.default is REQUIRED


class BoundArguments:
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


class Component:
    """A component. `name` and `kind` come from the file that it lives in; `unsupported` says of arguments that others of
    its kind take why it takes none.
    """

    name: ClassVar[str]
    kind: ClassVar[str]
    args: ClassVar[dict[str, Arg]] = {}
    unsupported: ClassVar[dict[str, str]] = {}

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
