"""`predict`: what a run gives for rows, in chunks where they are read from large files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Protocol

import numpy as np
import polars as pl

from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError
from specc.ir.program import Program
from specc.ir.serving import serving_program
from specc.run.blocks import AT_ONCE
from specc.run.encoded import raise_unencodable
from specc.run.finite import not_finite_as_diagnostic
from specc.run.fitting import data_errors_as_diagnostics, read_entities, read_rows, read_tables
from specc.run.histories import is_history
from specc.run.parts import fitting_together
from specc.run.reading import Data, source_of
from specc.run.row_cache import CachedRows, needed_columns
from specc.run.row_locator import RowLocator
from specc.run.rows import build_rows, derive_all, joined_and_derived
from specc.run.runs import Run
from specc.run.scratch import Scratch
from specc.run.source_map import SourceMap
from specc.run.streams import UnlikeUnitsError, is_streamed, read_chunks
from specc.run.using import Folder, checked, not_its_own, place_beside
from specc.run.written import Table
from specc.runtime.features.errors import DataError
from specc.runtime.features.written import beside
from specc.runtime.metrics.top_k import TopK
from specc.runtime.training.best import best_lists


def predict(
    run: Folder, *, data: Data | None = None, out: str | os.PathLike[str] | None = None, top: int | None = None
) -> pl.DataFrame:
    """The predictions of a run for every row of its data, or of `data`; labels need not be there.

    The frame holds the columns of the rows that were read for the model and have one value a row, and for each head its
    probability or quantity under its name; for each retrieval loss the `top` candidates (10), best first: their values, as the
    data spell them, under its name, and their scores under `NAME.score`, both lists. Written to `out` as Parquet, or as
    CSV, where lists are joined by `|`, so no candidate may hold one; `write_predictions` writes them without holding them
    all. Raises SpecError.
    """
    frames = list[pl.DataFrame]()
    with ExitStack() as stack:
        # Opened before the work, so that a place that cannot be written is reported at once.
        table = None if out is None else stack.enter_context(Table(os.fspath(out)))
        _fill(frames, run, data or {}, top, out)
        frame = pl.concat(frames)
        if table is not None:
            table.append(frame)
    return frame


def write_predictions(run: Folder, out: str | os.PathLike[str], *, data: Data | None = None, top: int | None = None) -> int:
    """Writes what `predict` gives, in memory that the size of the file does not matter to, unless rows are made of other
    rows, and returns how many rows there are. `out` is there as a whole or not at all. Raises SpecError.
    """
    with Table(os.fspath(out)) as table:
        return _fill(table, run, data or {}, top, out)


class Sink(Protocol):
    """What takes predictions."""

    def append(self, frame: pl.DataFrame, /) -> None:
        """The next rows."""

    def clear(self) -> None:
        """Forgets them."""


def _fill(sink: Sink, run: Folder, data: Data, top: int | None, out: str | os.PathLike[str] | None) -> int:
    """Predicts into a sink. Returns the number of rows. Rows that others are made of are kept beside `out`."""
    if top is not None and top < 1:
        raise ValueError(f"top must be at least 1, but is {top}")
    run = run if isinstance(run, Run) else Run.load(run)
    if top is not None and not run.candidates:
        message = f"{run.folder} ranks no candidates, of which `top` would be kept"
        raise SpecError([Diagnostic("REC723", None, message, help="leave it away: a row gets what each head says of it")])
    if out is not None:
        not_its_own(run, data, os.fspath(out))
        _joinable(run, os.fspath(out))
    with fitting_together(run.folder):
        return _predict_into(sink, run, data, 10 if top is None else top, run.folder if out is None else os.fspath(out))


def _predict_into(sink: Sink, run: Run, data: Data, top: int, beside: str) -> int:
    program = serving_program(run.program)
    given = checked(run, program, data)
    predictor = Predictor(run, program, top)
    folder, places = str(run.about["folder"]), run.source_map(given)
    try:
        with Scratch(place_beside(beside)) as scratch:
            return _append(sink, predictor, _streamed(program, given, folder, places, scratch))
    except (UnlikeUnitsError, NotStreamedError):
        sink.clear()
    except DataError as error:
        _raise_first_error(predictor, program, given, folder, places, beside)
        with data_errors_as_diagnostics(places, program.data.rows, RowLocator(program, given, folder)):
            raise error
    tables = read_tables(program.data, given, folder, places)
    with data_errors_as_diagnostics(places, program.data.rows):
        rows = build_rows(program.data, tables).everything
    with data_errors_as_diagnostics(places, program.data.rows, RowLocator(program, given, folder)):
        try:
            return _append(sink, predictor, [rows])
        except DataError:
            raise_unencodable(rows, run.encoders, predictor.inputs)
            raise


def _joinable(run: Run, out: str) -> None:
    """Raises SpecError where the lists of a CSV file could not be taken apart again."""
    for loss, one in run.candidates.items() if out.endswith(".csv") else ():
        text = one.values.cast(pl.String)
        held = text.filter(text.str.contains("|", literal=True))
        if held.len():
            message = (
                f"the candidates of `{loss}` cannot be written as .csv: `|` stands between them, and {held[0]!r} holds one"
            )
            raise SpecError([Diagnostic("REC722", None, message, help="write .parquet, where they are a list")])


def _append(sink: Sink, predictor: Predictor, chunks: Iterable[pl.DataFrame]) -> int:
    height = 0
    for block in in_blocks(chunks, predictor.rows):
        with not_finite_as_diagnostic(before=height):
            predictions = predictor(block)
        sink.append(predictions)
        height += block.height
    return height


class NotStreamedError(Exception):
    """The rows have to be read as a whole."""


def _streamed(program: Program, given: Data, folder: str, places: SourceMap, scratch: Scratch) -> Iterator[pl.DataFrame]:
    """The rows, some at a time. Raises DataError, UnlikeUnitsError and NotStreamedError."""
    (table,) = [table for table in program.data.tables if table.name == program.data.rows]
    source = source_of(table, given, folder)
    if source is None or not is_streamed(program, table, source):
        raise NotStreamedError
    if any(is_history(one, table.name) for one in program.data.derivations):
        rows = read_rows(program, given, folder, places, scratch, kept(program))
        part = rows.parts["all"]
        yield from part.chunks() if isinstance(part, CachedRows) else [part]
        return
    entities = read_entities(program, table, source, given, folder, places)
    entities = {name: derive_all(program.data, name, frame) for name, frame in entities.items()}
    for chunk in read_chunks(table, source):
        yield joined_and_derived(program.data, chunk, entities)


def kept(program: Program) -> set[str]:
    """The columns of rows that predictions are made of, and that stand beside them."""
    data = program.data
    return needed_columns(program) | {one.name for table in data.tables if table.name == data.rows for one in table.columns}


def _raise_first_error(
    predictor: Predictor, program: Program, given: Data, folder: str, places: SourceMap, beside: str
) -> None:
    """Raises what reading and encoding all rows at once would: a value that cannot be read is reported first, and how many are
    wrong of all rows.
    """
    with Scratch(place_beside(beside)) as scratch:
        rows = read_rows(program, given, folder, places, scratch)
        with data_errors_as_diagnostics(places, program.data.rows, RowLocator(program, given, folder)):
            raise_unencodable(rows.parts["all"], predictor.run.encoders, predictor.inputs)


def in_blocks(chunks: Iterable[pl.DataFrame], rows: int) -> Iterator[pl.DataFrame]:
    """The same rows, `rows` at a time, the last time what is left."""
    waiting, height = list[pl.DataFrame](), 0
    for chunk in chunks:
        waiting.append(chunk)
        height += chunk.height
        if height >= rows:
            whole = pl.concat(waiting)
            full = height // rows * rows
            yield from (whole[start : start + rows] for start in range(0, full, rows))
            waiting, height = [whole[full:]], height - full
    if height:
        yield pl.concat(waiting)


class Predictor:
    """Rows, read and joined, to predictions. `rows`: how many to give at a time, with `top` candidates each."""

    def __init__(self, run: Run, program: Program, top: int) -> None:
        self.run = run
        self.top = min(top, max((len(one.ids) for one in run.candidates.values()), default=top))
        (table,) = [table for table in program.data.tables if table.name == program.data.rows]
        self.scalar = [one.name for one in table.columns if not one.storage.startswith(("bag", "seq", "vector"))]
        self.inputs = [feature.name for feature in program.data.features if feature.input]
        # Batches begin at the same rows however the file is read: so predictions are equal to the last bit.
        self.rows = AT_ONCE * max(1, 8 // max(1, len(run.candidates) * top // 10))
        self.best = dict[str, TopK]()

    def __call__(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The predictions of some rows. Raises DataError."""
        run = self.run
        inputs = run.encoders.encode(frame, self.inputs)
        for loss, one in run.candidates.items():
            if loss not in self.best:
                self.best[loss] = TopK(run.forward.candidates(loss, one), one.ids, self.top)
        parts = list(run.forward.predictions(inputs))
        outputs = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        made = [pl.Series(name, values.reshape(-1)) for name, values in outputs.items() if name not in run.candidates]
        for loss, one in run.candidates.items():
            ids, scores = self.best[loss](outputs[loss])
            made += best_lists(loss, ids, scores, one.ids, one.values)
        return beside(frame, self.scalar, made)  # a label may be called as a head, and be read for a history
