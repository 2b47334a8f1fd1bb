"""What a component sees while it is lowered, and what it gives: an operator appends calls, other components give an object."""

from __future__ import annotations

from typing import Any, Protocol


class Config:
    """The arguments of a component as plain data: `a.units`."""

    __slots__ = ("values",)

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None


class Object:
    """What is made in place, such as an optimizer: a target with its configuration. None leaves an argument out."""

    __slots__ = ("config", "target")

    def __init__(self, target: str, **config: Any) -> None:
        self.target = target
        self.config = {name: value for name, value in config.items() if value is not None}


class Lowered:
    """A tensor of the program: the name of a call's result, and for a sequence the name of its mask.

    `looked_up` says, of a sequence that comes straight from a table, which table and ids: pooling is best done while looking
    up.
    """

    __slots__ = ("looked_up", "mask", "name")

    def __init__(self, name: str, mask: str | None = None, looked_up: tuple[str, str] | None = None) -> None:
        self.name = name
        self.mask = mask
        self.looked_up = looked_up


class Node:
    """One operator call of a Spec: plain configuration and lowered inputs by their role."""

    __slots__ = ("config", "id", "inputs", "shape")

    def __init__(self, id: str, config: dict[str, Any], inputs: dict[str, Any], shape: list[int]) -> None:
        self.id = id
        self.config = config
        self.inputs = inputs
        self.shape = shape

    @property
    def x(self) -> Lowered:
        """The piped value."""
        value: Lowered = self.inputs["x"]
        return value

    @property
    def xs(self) -> list[Lowered]:
        """The piped list."""
        value: list[Lowered] = self.inputs["xs"]
        return value

    def __getattr__(self, name: str) -> Any:
        try:
            return self.config[name]
        except KeyError:
            raise AttributeError(name) from None


class Build(Protocol):
    """Appends layers and calls to the program. Targets are names from an allow-list: `keras.layers.Dense`, `keras.ops.add`."""

    def layer(
        self,
        target: str,
        *inputs: Any,
        suffix: str = "",
        last: bool = False,
        result: str | None = None,
        call: dict[str, Any] | None = None,
        **config: Any,
    ) -> str:
        """Make a layer and call it on inputs; its name is the node's path, with a suffix when a node makes several. The result
        is named alike, or with `result` in place of the suffix; that of the `last` of them like the node. Every result of a
        node has a name of its own.

        An input is a name, a list of names, or a plain number. Options with their default (None) are left out.
        """
        ...

    def op(self, target: str, *inputs: Any, suffix: str = "", **config: Any) -> str:
        """Call a function without weights, such as `keras.ops.concatenate`."""
        ...

    def lookup(self, table: str, ids: str, combiner: str | None = None) -> str:
        """The rows of an embedding table at ids; of sequences and bags pooled by "mean", "sum" or "sqrtn" where given."""
        ...

    def number(self, name: str) -> str:
        """An input of numbers as (batch, width)."""
        ...

    def report(self, weights: str) -> None:
        """Report the mean of a gate's weights (batch, experts) when the model is evaluated."""
        ...
