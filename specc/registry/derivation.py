"""The base of derivations, and what their rules may ask and make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from specc.registry.building import Config, Object
from specc.registry.columns import Column, Schema
from specc.registry.component import BoundArguments, Component
from specc.registry.reporter import Reporter


class DerivationContext(Reporter, Protocol):
    """The column that is derived, and its schema."""

    column: Column
    schema: Schema

    def time_column(self) -> Column | None:
        """The column that orders the rows of the schema."""
        ...

    def all_columns_known(self) -> bool:
        """Whether every column of the schemas could be read: if not, one that is missing may be there."""
        ...

    def share(self, source: Column, column: Column) -> None:
        """Give a column the encoders of another one, and its vocabulary."""
        ...

    def fields(self, names: list[str]) -> list[Column]:
        """Make the column a group with these fields, which hold nothing yet."""
        ...


class Derivation(Component):
    """A column that is made of others. `infer` is its rule: it says how the column is stored, and what `lower` is given.
    `target` is the function that makes it.
    """

    target: ClassVar[str] = ""

    def infer(self, a: BoundArguments, ctx: DerivationContext) -> bool:
        """Give `ctx.column` its storage and derivation; False after a diagnostic."""
        raise NotImplementedError(self.name)

    def lower(self, a: Config) -> Object | dict[str, Any]:
        """The function that makes the column, with its arguments; or the tree of a row expression."""
        return Object(self.target, **a.values)

    def collects(self, config: Mapping[str, Any]) -> str | None:
        """The column whose values, of other rows, the derived one lists: it has that one's encoders, and teaches it nothing."""
        return None

    def seen_by(self, config: Mapping[str, Any], column: str) -> str | None:
        """The column that says who has seen a value of `column`, where a derived column holds what each of them saw before."""
        return None
