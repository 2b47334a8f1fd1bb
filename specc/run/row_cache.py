"""Rows on disk, as they are before encoding: read, joined, derived, chosen and split in chunks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from specc.ir.check_data import reads
from specc.ir.program import ObjectConfig, Program, SourceTable
from specc.run.encoding import seen_columns
from specc.run.expressions import applied
from specc.run.histories import LazyHistory, columns_of_histories, history_of, is_history, seen_histories
from specc.run.reading import Source, is_split_by_file
from specc.run.rows import Rows, derive_all, divide, joined_and_derived, split_columns
from specc.run.scratch import keeping
from specc.run.streams import read_chunks
from specc.runtime.features.errors import DataError
from specc.runtime.features.parts import ROW
from specc.targets.catalogue import target_of
from specc.targets.target import RowChoice

PARTS = ("train", "valid", "test")
NOWHERE = 255


class RowCache:
    """Arrow files of some rows each, in a folder."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.files: list[str] = []
        self.height = 0
        self.empty = pl.DataFrame()
        self.histories: Mapping[str, LazyHistory] = {}  # columns that are made when rows are read
        self.seen: Mapping[str, LazyHistory] = {}  # those of them that are only read where rows are measured

    def append(self, frame: pl.DataFrame) -> None:
        """The next rows. Raises SpecError for a full disk."""
        path = os.path.join(self.folder, f"{len(self.files)}.arrow")
        with keeping(self.folder):
            frame.write_ipc(path, compression="uncompressed")
        self.files.append(path)
        self.height += frame.height
        self.empty = frame.clear()

    def chunks(self, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """All rows, a file at a time."""
        for file in self.files:
            yield pl.read_ipc(file, columns=None if columns is None else list(columns))

    def select(self, columns: Sequence[str]) -> pl.DataFrame:
        """Some columns of all rows, in memory."""
        return pl.concat(self.chunks(columns)) if columns else pl.DataFrame()


@dataclass(frozen=True, eq=False)
class CachedRows:
    """The rows of a part: those of `cache` where `parts` (rows,) holds `part`; `seen`: with what their users had before."""

    cache: RowCache
    parts: Any
    part: int
    seen: bool = False

    @property
    def histories(self) -> Mapping[str, LazyHistory]:
        """The columns that are made when rows are read."""
        return {**self.cache.histories, **(self.cache.seen if self.seen else {})}

    @property
    def height(self) -> int:
        """How many."""
        return int((self.parts == self.part).sum())

    @property
    def schema(self) -> Any:
        """The columns and their types."""
        return pl.Schema({**self.cache.empty.schema, **{name: history.dtype for name, history in self.histories.items()}})

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return [*self.cache.empty.columns, *self.histories]

    def chunks(self, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """The rows in order, some at a time."""
        start = 0
        histories = {name: history for name, history in self.histories.items() if columns is None or name in columns}
        read = None if columns is None else [name for name in columns if name not in histories] or self.cache.empty.columns[:1]
        for frame in self.cache.chunks(read):
            places = start + np.flatnonzero(self.parts[start : start + frame.height] == self.part)
            start += frame.height
            if not len(places):
                continue
            if len(places) < frame.height:
                frame = frame[places - (start - frame.height)]
            frame = frame.with_columns(history.rows(places) for history in histories.values())
            yield frame if columns is None else frame.select(columns)

    def select(self, columns: Sequence[str]) -> pl.DataFrame:
        """Some columns of all rows of the part, in memory."""
        return pl.concat(list(self.chunks(columns)))


def cache_rows(
    program: Program,
    table: SourceTable,
    source: Source,
    entities: dict[str, pl.DataFrame],
    folder: str,
    needed: set[str] | None = None,
) -> Rows[CachedRows]:
    """As `arrange`, for files whose rows depend on each other by their histories only. needed: the columns that are kept;
    those that a Program learns from, predicts from and measures when not given.

    Raises DataError, SpecError and UnlikeUnitsError.
    """
    data = program.data
    histories = [one for one in data.derivations if is_history(one, data.rows)]
    data = data.model_copy(update={"derivations": [one for one in data.derivations if one not in histories]})
    program = program.model_copy(update={"data": data})
    every = bool(histories or seen_columns(program))  # histories see all rows, whether they are chosen or not
    early, late = _by_row(data.choice)
    masks = list[Any]()
    cache, offset = RowCache(folder), 0
    read = read_chunks(table, source, file_column=is_split_by_file(data, table))
    first = next(read)
    try:
        entities = {name: derive_all(data, name, frame) for name, frame in entities.items()}
        needed = (needed or needed_columns(program)) | {name for one in histories for name in reads(one.value)}
        chunk: pl.DataFrame | None = first
        while chunk is not None:
            arranged = joined_and_derived(data, chunk, entities)
            if early:
                chosen = arranged.with_row_index(ROW, offset)
                for choice in early:
                    chosen = _some(choice, chosen)
                if every:
                    mask = np.zeros(arranged.height, bool)
                    mask[chosen[ROW].to_numpy() - offset] = True
                    masks.append(mask)
                else:  # rows that are not chosen are gone, and with them the places of those that are
                    arranged = chosen
            cache.append(arranged.select(name for name in arranged.columns if name in needed or name == ROW))
            offset += chunk.height
            chunk = next(read, None)
        cache.histories = {one.column: history_of(one, cache.select(sorted(reads(one.value)))) for one in histories}
        parts = _parts(program, cache, np.concatenate(masks) if masks else None, late)
        cache.seen = seen_histories(program, cache.select)
    except DataError:
        for _ in read:  # a value that cannot be read is reported first
            pass
        raise
    return Rows(parts, pl.DataFrame(), entities)


def _by_row(choices: list[ObjectConfig]) -> tuple[list[ObjectConfig], list[ObjectConfig]]:
    """What chooses rows one by one, while they are read, and what needs to see all that are left."""
    records = [target_of(choice.target) for choice in choices]
    end = next((n for n, one in enumerate(records) if not (isinstance(one, RowChoice) and one.by_row)), len(choices))
    return choices[:end], choices[end:]


def _some(choice: ObjectConfig, rows: pl.DataFrame) -> pl.DataFrame:
    """The chosen rows of a chunk, which may be none."""
    try:
        some: pl.DataFrame = applied(choice, rows)
    except DataError as error:
        if error.kind != "rows":
            raise
        return rows.clear()
    return some


def _parts(program: Program, cache: RowCache, mask: Any, late: list[ObjectConfig]) -> dict[str, CachedRows]:
    """The rows of each part that has some, of those where the mask (rows,) holds, and that are chosen then."""
    data = program.data
    place = np.arange(cache.height, dtype=np.uint32)
    if mask is not None:
        place = place[mask]
    if not len(place):
        raise DataError("no row meets the condition of `rows`", kind="rows")
    for choice in late:
        names = sorted(reads(choice))
        rows = cache.select(names)[place] if names and len(place) < cache.height else cache.select(names)
        place = applied(choice, rows.with_columns(pl.Series(ROW, place)))[ROW].to_numpy()
    parts = np.full(cache.height, NOWHERE, np.uint8)
    if data.split is None:
        parts[place] = 0
        return {"all": CachedRows(cache, parts, 0)}
    read = [name for name in cache.empty.columns if name in split_columns(data)]
    rows = cache.select(read)[place] if len(place) < cache.height and read else cache.select(read)
    divided = divide(data.split, pl.DataFrame([pl.Series(ROW, place), *rows]))
    codes = divided["part"].to_physical().to_numpy()  # of an Enum of the parts, in this order
    # An index is 8 bytes a row more, and mostly there is no row that a split leaves out.
    parts[slice(None) if len(codes) == len(parts) else divided[ROW].to_numpy()] = codes
    found = {part: CachedRows(cache, parts, code) for code, part in enumerate(PARTS)}
    return {part: rows for part, rows in found.items() if rows.height}


def needed_columns(program: Program) -> set[str]:
    """The columns of rows that are still read when these are joined and derived."""
    data = program.data
    return (
        {feature.name for feature in data.features}
        | measured_columns(program)
        | {name for one in program.losses for name in _reads(one.label, one.where, one.row_weight)}
        | {one.candidates for one in program.losses if one.candidates is not None}
        | {name for choice in data.choice for name in reads(choice)}
        | set(split_columns(data))
        | columns_of_histories(program)
    )


def measured_columns(program: Program) -> set[str]:
    """The columns that metrics read of rows."""
    found = {name for one in program.metrics for name in _reads(one.label, one.where, one.row_weight)}
    return found | {name for one in program.metrics for name in (one.by, one.candidates) if name is not None}


def _reads(*trees: Any) -> set[str]:
    return {name for tree in trees if tree is not None for name in tree.columns()}


def in_frame(program: Program, rows: CachedRows) -> pl.DataFrame:
    """The rows of a part with the columns that metrics read and their places, in memory."""
    wanted = [name for name in rows.columns if name in measured_columns(program)]
    return with_places(rows, wanted or rows.columns[:1])


def with_places(rows: pl.DataFrame | CachedRows, columns: list[str]) -> pl.DataFrame:
    """Some columns of rows, and their places among all."""
    if isinstance(rows, CachedRows) and ROW not in rows.columns:
        places = pl.Series(ROW, np.flatnonzero(rows.parts == rows.part), dtype=pl.UInt32)
        return rows.select(columns).with_columns(places)
    return rows.select([name for name in rows.columns if name in (*columns, ROW)])
