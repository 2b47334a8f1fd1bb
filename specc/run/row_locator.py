"""Mistakes of rows that are encoded or learned from: the file and row they stand in, or the key that an entity lacks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import polars as pl

from specc.ir.program import Program, SourceTable
from specc.run.reading import Data, read_table, source_of
from specc.runtime.features.errors import DataError
from specc.runtime.features.parts import ROW


class RowError(DataError):
    """A mistake of one row. place: which, from 0, of all rows of its table; joined: whether this is that of the rows, with what
    entities add to them, or an entity's own. table: the schema that `file` and `row` are of, where it is known.
    """

    def __init__(
        self, error: DataError, place: int | None, *, joined: bool = True, table: str | None = None, file: str | None = None
    ) -> None:
        row = place + 1 if table is not None and place is not None else None
        super().__init__(error.message, column=error.column, file=file, row=row, help=error.help, kind=error.kind)
        self.place = place
        self.joined = joined
        self.table = table


@contextmanager
def locating_row(frame: pl.DataFrame, check: Callable[[pl.DataFrame], object]) -> Iterator[None]:
    """Tells the first row of a frame by which a check of its rows, each for itself, fails as what is done here does."""
    try:
        yield
    except DataError as error:
        if isinstance(error, RowError) or error.row is not None or error.kind == "fit":
            raise
        if not frame.height or not _fails(check, frame, error):
            raise
        first, end = 0, frame.height
        while end - first > 1:
            middle = (first + end) // 2
            first, end = (first, middle) if _fails(check, frame[first:middle], error) else (middle, end)
        joined = ROW in frame.columns
        raise RowError(error, frame[ROW][first] if joined else first, joined=joined) from error


def _fails(check: Callable[[pl.DataFrame], object], frame: pl.DataFrame, as_error: DataError) -> bool:
    try:
        check(frame)
    except DataError as error:
        return (error.kind, error.column) == (as_error.kind, as_error.column)
    return False


class RowLocator:
    """Where the rows of a Program's tables stand; reads their files again, for there has been a mistake."""

    def __init__(self, program: Program, data: Data, folder: str) -> None:
        self.program = program.data
        self.data = data
        self.folder = folder
        self.tables = {table.name: table for table in program.data.tables}
        self.rows = self.tables[program.data.rows]

    def __call__(self, error: DataError) -> DataError:
        """The mistake with its file and row, as far as these can be told."""
        try:
            return self._located(error)
        except DataError:  # of files that are others by now
            return error

    def _located(self, error: DataError) -> DataError:
        entity = self._entity(error.column)
        place = error.place if isinstance(error, RowError) else None
        if isinstance(error, RowError) and not error.joined:
            own_table = entity or next((table for table in self.tables.values() if table.key == error.column), None)
            return error if own_table is None else self._at(own_table, error.place or 0, error)
        if entity is None or entity.key is None:
            return error if place is None else self._at(self.rows, place, error)
        if place is None and error.kind != "fit":
            return error
        own, known = self._read(self.rows)[entity.key], self._read(entity)[entity.key]
        if not own.is_in(known.implode()).any():
            message = f"no `{entity.key}` of `{self.rows.name}` is in `{entity.name}`"
            both: list[object] = [keys.drop_nulls().first() for keys in (own, known)]
            help = f"are `{both[0]}`, the first of the rows, and `{both[1]}`, that of `{entity.name}`, keys of the same things?"
            for table, key in zip((self.rows, entity), both, strict=True):
                if key is None:
                    help = f"`{entity.key}` is missing in all rows of `{table.name}`"
            return DataError(message, column=entity.key, help=help, kind="key")
        if place is None:
            return error
        first = re.search(r" \(the first of .*\)$", error.message)
        more = first[0] if first else ""
        if own[place] is None:
            said = f"this row has no `{entity.key}`, so it has nothing of `{entity.name}`{more}"
            help = (
                "with `?` and `fill(...)` all rows have the column; "
                f"or leave out such rows, by a condition on `{entity.key}`: `rows = each({self.rows.name}, where=...)`"
            )
        else:
            there = (known == own[place]).arg_true()
            if len(there):
                return self._at(entity, int(there[0]), error)
            said = f"`{entity.name}` has no row for the `{entity.key}` of this one, `{own[place]}`{more}"
            help = f"add it to `{entity.name}`, or leave out such rows; with `?` and `fill(...)` all rows have the column"
        return self._at(self.rows, place, DataError(said, column=error.column, help=help, kind=error.kind))

    def _entity(self, column: str | None) -> SourceTable | None:
        """The entity that a column of joined rows comes from, by itself or by what it is derived from."""
        for table in self.tables.values():
            names = {one.name for one in table.columns} - {table.key}
            names |= {one.column for one in self.program.derivations if one.table == table.name}
            if table is not self.rows and column in names:
                return table
        return None

    def _read(self, table: SourceTable) -> pl.DataFrame:
        source = source_of(table, self.data, self.folder)
        assert source is not None  # it has been read before
        return read_table(table, source)

    def _at(self, table: SourceTable, place: int, error: DataError) -> DataError:
        """The mistake of a row of a table, by its file and the row in that."""
        source = source_of(table, self.data, self.folder)
        assert source is not None
        files = source.files
        for file in files[:-1]:
            height = read_table(table, source.at(file)).height
            if place < height:
                return RowError(error, place, table=table.name, file=file)
            place -= height
        return RowError(error, place, table=table.name, file=files[-1] if files else None)
