"""The bases of what `data` is made of: readers, row rules and splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from specc.diagnostics import Note
from specc.registry.columns import Column, Schema
from specc.registry.reporter import Context, Reporter
from specc.registry.word import Arg, Bound, SchemaName, Word


class DataContext(Context):
    """The schema that a reader reads, or whose rows are chosen and split: None when that is open. `readers` are those of
    rows, not of entities.
    """

    def __init__(self, reporter: Reporter, schema: Schema | None, readers: Sequence[Reader]) -> None:
        super().__init__(reporter)
        self.schema = schema
        self.readers = readers


class DataWord(Word):
    """A word of `data`."""

    def check(self, a: Bound, ctx: DataContext) -> None:
        """Report arguments that do not fit each other or the schema."""


class Reader(DataWord):
    """Where the rows of a schema come from. `target` reads them; `files` says that they are in files."""

    target: ClassVar[str] = ""
    files: ClassVar[bool] = True


class Dividing(DataWord):
    """What treats rows by the value of a column that each of them has."""

    def group(self, config: Mapping[str, Any]) -> str | None:
        """The column whose values say which rows belong together, as those of a user."""
        return None

    def divides(self, key: str, a: Bound, ctx: DataContext) -> bool:
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
    """Which rows are trained on."""

    schema = Arg(SchemaName(), doc="whose rows")


class Split(Dividing):
    """Which rows are held out. `target` divides them; `by_file` says that it asks which file a row is from."""

    target: ClassVar[str] = ""
    by_file: ClassVar[bool] = False
