"""The bases of what `data` is made of: readers, row rules and splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from specc.diagnostics import Note
from specc.registry.arg_types import SchemaName
from specc.registry.building import Config, Object
from specc.registry.columns import Column, Schema
from specc.registry.component import Arg, BoundArguments, Component
from specc.registry.direct import Direct
from specc.registry.reporter import Context, Reporter


class DataContext(Context):
    """The schema that a reader reads, or whose rows are chosen and split: None when that is open. `readers` are those of
    rows, not of entities.
    """

    def __init__(self, reporter: Reporter, schema: Schema | None, readers: Sequence[Reader]) -> None:
        super().__init__(reporter)
        self.schema = schema
        self.readers = readers


class RowContext:
    """The rows that are chosen or split: `order` is their time column, None where they are in the order of their place."""

    def __init__(self, order: str | None) -> None:
        self.order = order


class DataComponent(Component):
    """A component of `data`."""

    def check(self, a: BoundArguments, ctx: DataContext) -> None:
        """Report arguments that do not fit each other or the schema."""


class Reader(DataComponent, Direct):
    """Where the rows of a schema come from. `files` says that they are in files."""

    files: ClassVar[bool] = True

    def by_place(self, a: Config) -> bool:
        """Whether columns are known by their place alone, so that all that are declared must be read."""
        return False

    def called(self, a: Config) -> str | None:
        """What the key of an entity is called where it is read; None: as it is declared."""
        return None

    def separators(self, a: Config) -> Mapping[str, str]:
        """What stands between the values of columns that hold several, by column, where they are written as text."""
        return {}


class Dividing(DataComponent):
    """What treats rows by the value of a column that each of them has."""

    def divides(self, key: str, a: BoundArguments, ctx: DataContext) -> bool:
        """Whether the column of an argument has one value in each of the rows; if not, it is reported."""
        column: Column = getattr(a, key)
        if column.shape != "scalar" or column.storage.element == "vector":
            message = f"`{self.name}` divides rows by one value each, and `{column.name}` has many in a row"
        elif ctx.schema is not None and column.schema != ctx.schema.name:
            rows = f"`{self.name}` divides the rows of `{ctx.schema.name}`"
            message = f"{rows}, and `{column.name}` is a column of `{column.schema}`"
        else:
            return True
        ctx.error("REC620", a.at(key), message, notes=[Note(column.span, "declared here")])
        return False


class RowRule(Dividing):
    """Which rows are trained on. `target` chooses them."""

    target: ClassVar[str] = ""
    schema = Arg(SchemaName(), doc="whose rows")

    def lower(self, a: Config, ctx: RowContext) -> list[Object]:
        """The functions that choose, one after the other; none where every row is chosen."""
        return [Object(self.target, **{name: value for name, value in a.values.items() if name != "schema"})]


class Split(Dividing):
    """Which rows are held out. `target` divides them; `by_file` says that it asks which file a row is from."""

    target: ClassVar[str] = ""
    by_file: ClassVar[bool] = False

    def group(self, config: Mapping[str, Any]) -> str | None:
        """The column whose values say which rows belong together, as those of a user."""
        return None

    def lower(self, a: Config, ctx: RowContext) -> Object:
        """The function that divides the rows."""
        return Object(self.target, **a.values)
