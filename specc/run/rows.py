"""From frames to the rows of each part, in the order of the language: derive, join entities, derive, choose, split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

import polars as pl

from specc.ir.base import Expression
from specc.ir.check_data import reads
from specc.ir.program import DataProgram, ObjectConfig
from specc.run.expressions import applied, polars_expression
from specc.runtime.features.parts import ROW
from specc.runtime.features.parts import split_rows as parts_of
from specc.runtime.features.rows import join_entity

Part = TypeVar("Part")


@dataclass(frozen=True)
class Rows(Generic[Part]):
    """Rows as they are before encoding.

    parts: the chosen rows of `train`, `valid` and `test`; a single one, `all`, where nothing splits them.
    everything: all rows of the table, with their place `.row`, also those that were not chosen; none where they are cached.
    entities: the other tables, by name.
    """

    parts: dict[str, Part]
    everything: pl.DataFrame
    entities: dict[str, pl.DataFrame]


def build_rows(program: DataProgram, tables: dict[str, pl.DataFrame]) -> Rows[pl.DataFrame]:
    """The rows of a Program out of its tables. Histories see all rows, whether they are chosen or not. Raises DataError."""
    entities = {name: frame for name, frame in tables.items() if name != program.rows}
    for name, frame in entities.items():
        entities[name] = derive_all(program, name, frame)
    everything = joined_and_derived(program, tables[program.rows], entities).with_row_index(ROW)
    rows = everything
    for choice in program.choice:
        rows = applied(choice, rows)
    parts = split_rows(program, rows) if program.split is not None else {"all": rows}
    return Rows(parts, everything, entities)


def joined_and_derived(program: DataProgram, frame: pl.DataFrame, entities: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Rows with the columns of entities, which are derived already, and their own derived ones."""
    keys = {table.name: table.key for table in program.tables}
    for name in program.joins:
        key = keys[name]
        assert key is not None
        frame = join_entity(frame, entities[name], key)
    return derive_all(program, program.rows, frame)


def derive_all(program: DataProgram, table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """A table with its derived columns, in the order of the Program, in which each stands after what it reads."""
    for derivation in program.derivations:
        if derivation.table == table:
            frame = frame.with_columns(derived(derivation.value, frame).alias(derivation.column))
    return frame


def derived(value: Expression | ObjectConfig, frame: pl.DataFrame) -> pl.Series | pl.Expr:
    """One derived column."""
    if isinstance(value, Expression):
        return polars_expression(value, frame.schema)
    made: pl.Series = applied(value, frame)
    return made


def split_rows(program: DataProgram, rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The rows of each part that has some."""
    assert program.split is not None
    # The split works on a frame of its own, so that a column of the schema may be called `part`.
    read = [name for name in (ROW, *split_columns(program)) if name in rows.columns]
    divided = divide(program.split, rows.select(read))
    return parts_of(rows, divided)


def divide(split: ObjectConfig, rows: pl.DataFrame) -> pl.DataFrame:
    """The places of rows, `.row`, and the part of each; rows: their places and `split_columns`."""
    divided: pl.DataFrame = applied(split, rows).select(ROW, "part")
    return divided


def split_columns(program: DataProgram) -> list[str]:
    """The columns that a split may read."""
    return [".file", *sorted(reads(program.split) if program.split is not None else ())]
