"""The rows of large files, some at a time: the same columns and the same mistakes as when they are read as a whole."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from specc.backends.targets import named
from specc.ir.base import Expression
from specc.ir.check_data import conditions, reads
from specc.ir.program import ObjectConfig, Program, SourceTable
from specc.run.histories import is_history, record_of
from specc.run.lines import explained
from specc.run.reading import Source, columns_of, read_table, separators_of
from specc.runtime.features.columns import Column, ListColumn, SequenceColumn, TimeColumn
from specc.runtime.features.convert import convert_frame, written_values
from specc.runtime.features.errors import DataError
from specc.runtime.features.files import hive_values
from specc.runtime.features.times import unix_unit
from specc.runtime.features.units import largest_times

IN_MEMORY = 2**28  # bytes of text, or of values of 8 bytes; larger tables of rows are read in chunks
CHUNK = 2**17  # rows that are read at a time


class UnlikeUnitsError(Exception):
    """A column of times holds numbers of unlike sizes, which tell their unit, or also texts: it has to be seen as a whole."""


def is_streamed(program: Program, table: SourceTable, source: Source | None) -> bool:
    """Whether a table of rows is read in chunks: a large file, no row of which is made of other rows."""
    if source is None or source.record is None or not (source.record.chunks and source.record.size):
        return False
    return not _depends(program, table) and _bytes(source, table) > IN_MEMORY


def _depends(program: Program, table: SourceTable) -> bool:
    """Whether a row's columns need other rows in another way than histories do: text that is read as a time, whose unit all
    of it tells.
    """
    kinds = columns_of(table)
    texts = any(isinstance(one, TimeColumn) for one in kinds.values()) and any(
        _compares_columns(tree) for tree in _conditions(program)
    )
    lists = any(isinstance(one, ListColumn) and isinstance(one.item, TimeColumn) for one in kinds.values())
    derived = [one for one in program.data.derivations if one.table == table.name]
    records = {one.column: record_of(one) for one in derived}
    others = any(record is not None and not record.by_row and not record.slices for record in records.values())
    # A history is made when rows are read back, so what is derived from one would come too late.
    histories = {one.column for one in derived if is_history(one, table.name)}
    late = any(histories & reads(one.value) for one in program.data.derivations)
    return others or texts or lists or late


def _conditions(program: Program) -> Iterator[Expression]:
    """What is computed of a row before all rows have been read."""
    made: list[Expression | ObjectConfig] = list(program.data.choice)
    for derivation in program.data.derivations:
        record = record_of(derivation)
        made += [derivation.value] if record is None or record.by_row else []
    for value in made:
        yield from [value] if isinstance(value, Expression) else conditions(value)
    for one in program.losses:
        yield from (tree for tree in (one.label, one.where, one.row_weight) if tree is not None)


def _compares_columns(tree: Expression) -> bool:
    if tree.left is None or tree.right is None:
        return False
    both = tree.left.column is not None and tree.right.column is not None
    return both or _compares_columns(tree.left) or _compares_columns(tree.right)


def _bytes(source: Source, table: SourceTable) -> int:
    assert source.record is not None
    try:
        return int(named(source.record.size)(source.files, len(table.columns)))
    except (DataError, OSError, pl.exceptions.PolarsError):
        return 0  # reading it tells what is wrong


def read_chunks(table: SourceTable, source: Source, *, file_column: bool = False) -> Iterator[pl.DataFrame]:
    """The rows of a table in order, as `read_table` would give them.

    Raises DataError, with the row of its file, and UnlikeUnitsError.
    """
    try:
        yield from _read_chunks(table, source, file_column)
    except DataError as error:
        (cause,) = explained([error], source)
        raise cause from error


def _read_chunks(table: SourceTable, source: Source, file_column: bool) -> Iterator[pl.DataFrame]:
    assert source.record is not None
    columns, separate = columns_of(table), separators_of(table)
    rows, file = 0, ""
    units = dict[str, int]()
    for file in source.files:
        hive = [pl.lit(value, pl.String).alias(name) for name, value in hive_values(file).items()]
        texts = dict[str, bool]()
        for raw in named(source.record.chunks)(file, columns=columns, rows=CHUNK, **source.options):
            raw = raw.with_columns(hive)
            try:
                chunk = convert_frame(raw, columns, separate=separate, file=file)
            except DataError as error:
                _raise_unlike_units(file, table, source)
                raise UnlikeUnitsError from error  # it is none among all rows
            _check_units(raw, columns, units, texts)
            rows += chunk.height
            yield chunk.with_columns(pl.lit(file).alias(".file")) if file_column else chunk
    if rows == 0:
        raise DataError("there are no rows", file=file, kind="rows")


def _raise_unlike_units(file: str, table: SourceTable, source: Source) -> None:
    """Raises what reading the whole file would: of the first column with a mistake, its first one, and how many there are.
    One column is read at a time, and then what has to be of one length.
    """
    columns, whole = columns_of(table), source.at(file)
    if table.by_place:  # all columns bind it
        read_table(table, whole)
        return
    parts = [[name] for name in columns]
    parts.append([name for name, column in columns.items() if isinstance(column, SequenceColumn)])
    for names in parts:
        if names:
            read_table(table.model_copy(update={"columns": [one for one in table.columns if one.name in names]}), whole)


def _check_units(raw: pl.DataFrame, columns: dict[str, Column], units: dict[str, int], texts: dict[str, bool]) -> None:
    """Raises UnlikeUnitsError where unix times have another unit than those before them, or stand with texts in one file."""
    largest = largest_times(raw, columns)
    for name, column in columns.items():
        if not isinstance(column, TimeColumn):
            continue
        values = written_values(raw, name, column)
        if name in largest:
            unit, text = unix_unit(largest[name]), False
            if units.setdefault(name, unit) != unit:
                raise UnlikeUnitsError
        elif values.dtype == pl.String and not values.str.strip_chars().is_in(["", "0"]).all():
            text = True
        else:
            continue
        if texts.setdefault(name, text) != text:
            raise UnlikeUnitsError
