"""The rows of large files, some at a time: the same columns and the same mistakes as when they are read as a whole."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from typing import Any

import polars as pl

from specc.backends.targets import find
from specc.ir.base import Expression
from specc.ir.check_data import reads
from specc.ir.program import Program, SourceTable
from specc.run.histories import is_history
from specc.run.lines import explained
from specc.run.reading import CSV, PARQUET, Source, columns_of
from specc.runtime.features.columns import Column, ListColumn, SequenceColumn, TimeColumn
from specc.runtime.features.convert import convert_frame, written_values
from specc.runtime.features.errors import DataError
from specc.runtime.features.files import find_files, hive_values
from specc.runtime.features.lines import check_lines
from specc.runtime.features.read import csv_text, fields_to_read, needed_field, parquet_values
from specc.runtime.features.times import unix_unit
from specc.runtime.features.units import largest_times

IN_MEMORY = 2**28  # bytes of text, or of values of 8 bytes; larger tables of rows are read piece by piece
PIECE = 2**17  # rows that are read at a time


class UnlikeUnitsError(Exception):
    """A column of times holds numbers of unlike sizes, which tell their unit, or also texts: it has to be seen as a whole."""


def is_streamed(program: Program, table: SourceTable, source: Source | None) -> bool:
    """Whether a table of rows is read piece by piece: a large file, no row of which is made of other rows."""
    if source is None or source.frame is not None or source.target not in (CSV, PARQUET):
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
    derived = [one for one in program.data.derivations if one.table == table.name and one.target is not None]
    others = any((one.target or "").rpartition(".")[2] not in ("cross", "extract", "history") for one in derived)
    # A history is made when rows are read back, so what is derived from one would come too late.
    pasts = {name for one in derived if is_history(one, table.name) for name in one.columns}
    late = any(pasts & reads(one) for one in program.data.derivations)
    return others or texts or lists or late


def _conditions(program: Program) -> Iterator[Expression]:
    yield from (one.expression for one in program.data.derivations if one.expression is not None)
    given = [program.data.where]
    given += [tree for one in program.objectives for tree in (one.label, one.where, one.row_weight)]
    yield from (tree for tree in given if tree is not None)


def _compares_columns(tree: Expression) -> bool:
    if tree.left is None or tree.right is None:
        return False
    both = tree.left.column is not None and tree.right.column is not None
    return both or _compares_columns(tree.left) or _compares_columns(tree.right)


def _bytes(source: Source, table: SourceTable) -> int:
    try:
        files = find_files(source.path)
        if source.target == CSV:
            return sum(os.path.getsize(file) * (4 if file.endswith(".gz") else 1) for file in files)
        rows = sum(pl.scan_parquet(file, glob=False).select(pl.len()).collect().item() for file in files)
    except (DataError, OSError, pl.exceptions.PolarsError):
        return 0  # reading it tells what is wrong
    return int(rows) * 8 * len(table.columns)


def read_pieces(table: SourceTable, source: Source) -> Iterator[pl.DataFrame]:
    """The rows of a table in order, as `read_table` would give them.

    Raises DataError, with the row of its file, and UnlikeUnitsError.
    """
    try:
        yield from _read_pieces(table, source)
    except DataError as error:
        (cause,) = explained([error], source)
        raise cause from error


def _read_pieces(table: SourceTable, source: Source) -> Iterator[pl.DataFrame]:
    columns, options = columns_of(table), source.options
    separate = options.get("separate")
    rows, file = 0, ""
    units = dict[str, int]()
    for file in find_files(source.path):
        hive = [pl.lit(value, pl.String).alias(name) for name, value in hive_values(file).items()]
        texts = dict[str, bool]()
        raws = _csv_pieces(file, columns, options) if source.target == CSV else _parquet_pieces(file, columns)
        for raw in raws:
            raw = raw.with_columns(hive)
            try:
                piece = convert_frame(raw, columns, separate=separate, file=file)
            except DataError as error:
                _tell(file, columns, source)
                raise UnlikeUnitsError from error  # it is none among all rows
            _check_units(raw, columns, units, texts)
            rows += piece.height
            yield piece.with_columns(pl.lit(file).alias(".file")) if options.get("file_column") else piece
    if rows == 0:
        raise DataError("there are no rows", file=file, kind="rows")


def _csv_pieces(file: str, columns: dict[str, Column], options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    given = {key: options[key] for key in ("separator", "header", "null") if key in options}
    csv_text(file, columns, rows=1, **given)  # raises where the file has no such columns
    header, null = options.get("header", True), list(options.get("null", ()))
    read = {
        "separator": options.get("separator", ","), "has_header": header, "infer_schema": False, "glob": False
    }  # fmt: skip
    try:
        lazy = pl.scan_csv(file, **read)
        given_names = lazy.collect_schema().names()
        names = [name.strip().removeprefix("\ufeff") for name in given_names]
        if not header:
            names = [column.raw or name for name, column in columns.items()]
        wanted = {column.raw or name for name, column in columns.items()}
        places = [place for place, name in enumerate(names) if name in wanted] or [len(names) - 1]  # folders may say it all
        chosen = [pl.col(given_names[place]).alias(names[place]) for place in places]
        fields = [given_names[place] for place in fields_to_read(file, places, len(names))]
        check_lines(file, needed_field(names, columns), len(names), separator=read["separator"], header=header)
        missing = pl.all().str.strip_chars().is_in(null)
        for piece in lazy.select(fields).collect_batches(chunk_size=PIECE):
            piece = piece.select(chosen).fill_null("")  # a CSV file cannot tell the two apart
            yield piece.with_columns(pl.when(~missing).then(pl.all())) if null else piece
    except (pl.exceptions.PolarsError, OSError, EOFError, zlib.error):
        csv_text(file, columns, **given)  # raises, and says what is wrong
        raise


def _parquet_pieces(file: str, columns: dict[str, Column]) -> Iterator[pl.DataFrame]:
    head = parquet_values(file, columns, rows=1)
    try:
        lazy = pl.scan_parquet(file, hive_partitioning=False, glob=False)
        yield from lazy.select(head.columns).collect_batches(chunk_size=PIECE)
    except (pl.exceptions.PolarsError, OSError):
        parquet_values(file, columns)
        raise


def _tell(file: str, columns: dict[str, Column], source: Source) -> None:
    """Raises what reading the whole file would: of the first column with a mistake, its first one, and how many there are.
    One column is read at a time, and then what has to be of one length.
    """
    read, options = find(source.target), {**source.options, "file_column": False}
    if options.get("header") is False:  # all columns bind it
        read(file, columns, **options)
        return
    for name, column in columns.items():
        read(file, {name: column}, **options)
    groups = {name: column for name, column in columns.items() if isinstance(column, SequenceColumn)}
    if groups:
        read(file, groups, **options)


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
