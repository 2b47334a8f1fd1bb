"""The rows of a model, from files to parts: its tables, derived columns, the choice of rows, and their split."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from .columns import Column, ScalarColumn
from .convert import convert_frame
from .errors import DataError
from .parts import ROW, split_rows
from .rows import join_entity


@dataclass(frozen=True)
class Table:
    """A table as it is declared.

    name: by which another file is given for it.
    columns: how each is stored, by name.
    read: of a path, columns and, where it is not empty, `separate`: the rows.
    path: the file or pattern that is read where no other is given; None where one has to be.
    given: of nothing: the rows that are there where no file is given, as they are written.
    separate: what stands between the values of columns that hold several and are written as text.
    by_place: whether a file has just these columns, in this order.
    derived: columns in their order: an expression, or a function of the frame.
    key: of an entity, the column that the rows have, too.
    """

    name: str
    columns: Mapping[str, Column]
    read: Callable[..., pl.DataFrame]
    path: str | None = None
    given: Callable[[], pl.DataFrame] | None = None
    separate: Mapping[str, str] = field(default_factory=dict)
    by_place: bool = False
    derived: Mapping[str, pl.Expr | Callable[[pl.DataFrame], Any]] = field(default_factory=dict)
    key: str | None = None

    def rows(self, path: str | None = None) -> pl.DataFrame:
        """The rows of a file, or of what is read where none is given, without derived columns. Raises DataError."""
        if path is None and self.given is not None:
            return convert_frame(self.given(), self.columns, separate=self.separate)
        if path is None and self.path is None:
            raise DataError(f"nobody says which file holds `{self.name}`", help=f"--data {self.name}=PATH", kind="table")
        more = {"separate": self.separate} if self.separate else {}
        return self.read(path or self.path, self.columns, **more)

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A frame with the derived columns of this table. Raises DataError."""
        for name, value in self.derived.items():
            made = value if isinstance(value, pl.Expr) else value(frame)
            frame = frame.with_columns(made.alias(name))
        return frame

    def adds(self) -> set[str]:
        """The columns that rows get of it."""
        return {*self.columns, *self.derived} - {self.key or ""}

    def without(self, names: Collection[str]) -> "Table":
        """The same table without these columns, but with its key; a file whose columns are found by their place keeps all."""
        kept = {name: one for name, one in self.columns.items() if self.by_place or name not in names or name == self.key}
        return replace(self, columns=kept, derived={name: one for name, one in self.derived.items() if name not in names})


@dataclass(frozen=True)
class Rows:
    """parts: the chosen rows of `train`, `valid` and `test`, or all of them as `all`. entities: the other tables, by name."""

    parts: Mapping[str, pl.DataFrame]
    entities: Mapping[str, pl.DataFrame]

    @property
    def train(self) -> pl.DataFrame:
        """The rows that are learned from."""
        return self.parts["train"] if "train" in self.parts else self.parts["all"]

    @property
    def measured(self) -> dict[str, pl.DataFrame]:
        """The rows that are measured, by part: those that are held out, or all where none are."""
        return {name: frame for name, frame in self.parts.items() if name != "train"}


@dataclass(frozen=True)
class Dataset:
    """All that is read.

    rows: the table whose rows are learned from. entities: other tables. joins: those of them whose columns the rows get.
    choose: functions of a frame that give some of its rows. split: one that gives the frame with a column `part`.
    past: what rows that are measured are given besides: functions of them and of all rows, both with their place `.row`.
    training_only: the columns, derived ones too, that predictions are not made of.
    """

    rows: Table
    entities: Sequence[Table] = ()
    joins: Collection[str] = ()
    choose: Sequence[Callable[[pl.DataFrame], pl.DataFrame]] = ()
    split: Callable[[pl.DataFrame], pl.DataFrame] | None = None
    past: Sequence[Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]] = ()
    training_only: Collection[str] = ()

    def read(self, paths: Mapping[str, str]) -> Rows:
        """The rows to train on and to measure; paths: files by table, where they are not its own. Raises DataError."""
        everything, entities = self.joined(paths)
        everything = everything.with_row_index(ROW)
        rows = everything
        for choose in self.choose:
            rows = choose(rows)
        parts = {"all": rows} if self.split is None else split_rows(rows, self.split(rows))
        for name in [name for name in parts if name != "train"]:
            for add in self.past:
                parts[name] = add(parts[name], everything)
        return Rows(parts, entities)

    def read_inputs(self, paths: Mapping[str, str]) -> pl.DataFrame:
        """All rows, with what predictions are made of and no more: no labels have to be there. Raises DataError."""
        joined = [one for one in self.entities if one.name in self.joins]
        used = [one.without(self.training_only) for one in joined if one.adds() - set(self.training_only)]
        lean = Dataset(self.rows.without(self.training_only), used, [one.name for one in used])
        others = {one.name for one in self.entities} - set(lean.joins)
        return lean.joined({name: path for name, path in paths.items() if name not in others})[0]

    def joined(self, paths: Mapping[str, str]) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
        """All rows with what is joined to and derived of them, and the other tables by name. Raises DataError."""
        tables = {one.name: one for one in (self.rows, *self.entities)}
        if unknown := paths.keys() - tables.keys():
            raise DataError(f"no table is called `{min(unknown)}`", help=f"there are {', '.join(tables)}", kind="table")
        frame = self.rows.rows(paths.get(self.rows.name))
        entities = {one.name: one.derive(one.rows(paths.get(one.name))) for one in self.entities}
        for name in self.joins:
            frame = join_entity(frame, entities[name], str(tables[name].key))
        return self.rows.derive(frame), entities

    @property
    def scalars(self) -> list[str]:
        """The columns of the rows' file that stand beside predictions: those with one value a row."""
        return [
            name for name, column in self.rows.without(self.training_only).columns.items() if isinstance(column, ScalarColumn)
        ]


def paths_of(given: Sequence[str]) -> dict[str, str]:
    """Files by table, of texts `NAME=PATH`. Raises DataError for another text."""
    pairs = [text.partition("=") for text in given]
    for name, sign, path in pairs:
        if not (name and sign and path):
            raise DataError(f"`{name}{sign}{path}` is not NAME=PATH", kind="table")
    return {name: path for name, _, path in pairs}
