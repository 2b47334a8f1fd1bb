"""Data in, before any model: rows, fitted encoders, candidates, and the sizes that the model needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from specc.diagnostics.errors import SpecError, raise_errors
from specc.ir.program import DataProgram, Program, SourceTable
from specc.run.candidates import CandidateSet, candidate_sets, catalogue, ids_of_candidates
from specc.run.checking import check_tables, folder_of
from specc.run.column_files import ColumnFile
from specc.run.data_errors import diagnose
from specc.run.encoded import encode_part, in_memory
from specc.run.encoding import Encoders, seen_columns
from specc.run.learning import fit_chunks
from specc.run.lines import explained
from specc.run.measuring import objectives
from specc.run.reading import Data, Source, is_split_by_file, read_table, source_of
from specc.run.row_cache import CachedRows, cache_rows
from specc.run.row_locator import RowError, RowLocator
from specc.run.rows import Rows, build_rows
from specc.run.samplers import oversampled
from specc.run.scratch import Scratch
from specc.run.source_map import SourceMap
from specc.run.streams import UnlikeUnitsError, is_streamed, read_chunks
from specc.runtime.features.errors import DataError
from specc.runtime.training import seen
from specc.runtime.training.objectives import check_taught
from specc.text import Span

if TYPE_CHECKING:
    from specc.driver import Compilation

SPOOL = "rows"  # the folder of rows before encoding


@dataclass(frozen=True, eq=False)
class Fitted:
    """What data decide of a model.

    sizes: ids of each vocabulary, by column. inputs, labels, weights: the training rows, as arrays or, where they are many, as
    ColumnFile. candidates: by retrieval loss. catalogue: columns of entities by candidate id.
    """

    rows: Rows[Any]  # of frames, or of CachedRows
    encoders: Encoders
    sizes: dict[str, int]
    inputs: dict[str, Any]
    labels: dict[str, Any]
    weights: dict[str, Any]
    candidates: dict[str, CandidateSet] = field(default_factory=dict)
    catalogue: dict[str, Any] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, Any]:
        """How often each id is a training row's own, (size,), by retrieval loss."""
        return {loss: each.counts for loss, each in self.candidates.items()}

    @property
    def candidate_ids(self) -> dict[str, Any]:
        """The ids of candidates, by retrieval loss."""
        return {loss: each.ids for loss, each in self.candidates.items()}


@contextmanager
def data_errors_as_diagnostics(
    places: SourceMap, table: str | None = None, locate: RowLocator | None = None, span: Span | None = None
) -> Iterator[None]:
    """Turns a mistake in data into a SpecError on the spec's words. table, span: as of `diagnose`."""
    try:
        yield
    except DataError as mistake:
        error = locate(mistake) if locate is not None else mistake
        table = error.table if isinstance(error, RowError) and error.table is not None else table
        raise SpecError([diagnose(error, places, table, span)]) from mistake


def fit(compilation: Compilation, data: Data | None = None) -> Fitted:
    """Reads the data of a spec and fits its encoders on the training rows. Imports no TensorFlow.

    data: by schema, a path, a pattern or a polars DataFrame to read instead of what the spec says. Raises SpecError.
    """
    if compilation.program is None:
        raise SpecError(compilation.diagnostics)
    places = SourceMap(compilation.program, compilation.texts, data or {})
    with compilation.fitting_together():
        return fit_program(compilation.program, data or {}, folder_of(compilation), places)


def fit_program(program: Program, data: Data, folder: str, places: SourceMap, scratch: Scratch | None = None) -> Fitted:
    """As `fit`; relative paths start from the working directory or from `folder`. scratch: where many rows are kept, while it
    is open; without one all are in memory.
    """
    raise_errors(check_tables(program, data, folder, places))
    rows = read_rows(program, data, folder, places, scratch)
    with data_errors_as_diagnostics(places, program.data.rows, RowLocator(program, data, folder)):
        train = rows.parts.get("train", rows.parts.get("all", rows.everything))
        encoders = Encoders(program)
        fit_chunks(encoders.features, train) if isinstance(train, CachedRows) else encoders.fit(train)
        ids = ids_of_candidates(program, encoders, rows.entities)
        learned = objectives(program, encoders, train.schema, ids)
        inputs, labels, weights = encode_part("train", train, encoders, learned, scratch)
        _require_labelled_rows(weights, places)
        own = {one.name: in_memory(labels[one.name]) for one in program.losses if one.candidates is not None}
        candidates = candidate_sets(program, encoders, rows.entities, ids, own)
        columns = catalogue(program, encoders, rows.entities)
    fitted = Fitted(rows, encoders, encoders.sizes, inputs, labels, weights, candidates, columns)
    raise_errors(oversampled(program, ids, fitted.counts, places))
    return fitted


def _require_labelled_rows(weights: Mapping[str, Any], places: SourceMap) -> None:
    """Raises SpecError, on the words of the loss, for one that no training row counts for."""
    for loss, weight in weights.items():
        with data_errors_as_diagnostics(places, span=places.loss(loss)):
            check_taught({loss: weight.values if isinstance(weight, ColumnFile) else weight})


def read_rows(
    program: Program, data: Data, folder: str, places: SourceMap, scratch: Scratch | None, needed: set[str] | None = None
) -> Rows[Any]:
    """The rows of each part: frames, or CachedRows where they are read from large files in chunks. Raises SpecError.

    needed: as of `cache_rows`.
    """
    name = program.data.rows
    table = next(table for table in program.data.tables if table.name == name)
    source = source_of(table, data, folder)
    if scratch is not None and source is not None and is_streamed(program, table, source):
        try:
            entities = read_entities(program, table, source, data, folder, places)
            with data_errors_as_diagnostics(places, name):
                return cache_rows(program, table, source, entities, scratch.subfolder(SPOOL), needed)
        except UnlikeUnitsError:
            scratch.remove(SPOOL)
    tables = read_tables(program.data, data, folder, places)
    with data_errors_as_diagnostics(places, name):
        return build_rows(program.data, tables)


def read_entities(
    program: Program, table: SourceTable, source: Source, data: Data, folder: str, places: SourceMap
) -> dict[str, pl.DataFrame]:
    """All tables but that of the rows, which is read in chunks. Raises SpecError and UnlikeUnitsError."""
    place = program.data.tables.index(table)
    before, after = program.data.tables[:place], program.data.tables[place + 1 :]
    entities = read_tables(program.data.model_copy(update={"tables": before}), data, folder, places)
    try:
        return entities | read_tables(program.data.model_copy(update={"tables": after}), data, folder, places)
    except SpecError:  # mistakes are reported in the order of the tables
        with data_errors_as_diagnostics(places, table.name):
            for _ in read_chunks(table, source):
                pass
        raise


def read_tables(program: DataProgram, data: Data, folder: str, places: SourceMap) -> dict[str, pl.DataFrame]:
    """All tables of a Program, by name. Raises SpecError."""
    frames = {}
    for table in program.tables:
        source = source_of(table, data, folder)
        assert source is not None  # check_tables has reported it
        with data_errors_as_diagnostics(places, table.name):
            try:
                frames[table.name] = read_table(table, source, file_column=is_split_by_file(program, table))
            except DataError as error:
                (cause,) = explained([error], source)
                raise cause from error
    return frames


def with_seen(program: Program, rows: Rows[Any], frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with what their users had before, for the metrics that leave it out."""
    for column, by in seen_columns(program).items():
        frame = seen.with_seen(frame, rows.everything, column, by, program.data.order)
    return frame
