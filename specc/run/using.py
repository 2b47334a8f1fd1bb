"""`evaluate`: a run, measured from its folder alone."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import replace
from typing import Any

import polars as pl

from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError, raise_errors
from specc.ir.program import Program
from specc.run.checking import check_tables, unknown_tables
from specc.run.encoded import encode_part
from specc.run.finite import not_finite_as_diagnostic
from specc.run.fitting import data_errors_as_diagnostics, read_rows, with_seen
from specc.run.parts import RUN, fitting_together
from specc.run.reading import Data, source_of
from specc.run.row_cache import CachedRows, in_frame
from specc.run.row_locator import RowLocator
from specc.run.rows import Rows
from specc.run.runs import Run
from specc.run.scratch import Scratch
from specc.run.tables import plain_names
from specc.runtime.features.errors import DataError
from specc.runtime.training.report import report

Folder = str | os.PathLike[str] | Run


def evaluate(run: Folder, *, data: Data | None = None, verbose: bool = False) -> dict[str, dict[str, float]]:
    """The metrics of a run by part, `valid` and `test`, each beside the popularity baseline under `popularity`.

    With `data` for the schema of the rows, all of these that the spec's `rows` chooses are one part, `data`: nothing is
    split. `verbose` prints the table. Large files are read in chunks: encoded rows lie on disk beside the run, in memory
    are the columns that metrics read. Raises SpecError.
    """
    run = run if isinstance(run, Run) else Run.load(run)
    program = run.program
    new = program.data.rows in (data or {})
    if new:
        program = program.model_copy(update={"data": program.data.model_copy(update={"split": None})})
    metrics: dict[str, Any] = {"popularity": {}, "gates": {}}
    with fitting_together(run.folder), Scratch(place_beside(run.folder)) as scratch:
        folder = str(run.about["folder"])
        given = checked(run, program, data or {})
        places = run.source_map(given)
        rows = read_rows(program, given, folder, places, scratch)
        for name in rows.parts:
            part = "data" if new else name
            if part == "train":
                continue
            with data_errors_as_diagnostics(places, program.data.rows, RowLocator(program, given, folder)):
                frame, inputs = _encoded(run, program, rows, name, scratch)
                measured = run.measured(program, frame, inputs)
                with not_finite_as_diagnostic(f" (`{part}`)"):
                    metrics[part] = measured()
                    metrics["popularity"][part] = measured.popularity()
                    metrics["gates"][part] = measured.gates()
    if verbose:
        print(report(plain_names(metrics)))
    return metrics


def _encoded(run: Run, program: Program, rows: Rows[Any], name: str, scratch: Scratch) -> tuple[pl.DataFrame, dict[str, Any]]:
    """What metrics read of the rows of a part, and the rows encoded."""
    part = rows.parts[name]
    if isinstance(part, CachedRows):
        frame, part = in_frame(program, part), replace(part, seen=True)
    else:
        part = frame = with_seen(program, rows, part)
    return frame, encode_part(f"measured {name}", part, run.encoders, {}, scratch)[0]


def place_beside(path: str) -> str:
    """Where rows are kept beside a file or folder: in its folder, or, where that cannot be written to, the system's own."""
    folder = os.path.dirname(os.path.abspath(path))
    return path if os.access(folder, os.W_OK) else os.path.join(tempfile.gettempdir(), "run")


def checked(run: Run, program: Program, data: Data) -> dict[str, Any]:
    """What the tables of a Program are read from, where it is not what the spec says. Raises SpecError for what their first
    rows tell.
    """
    tables = {table.name for table in program.data.tables}
    given = {name: path for name, path in {**run.data, **data}.items() if name in tables}
    found = unknown_tables(run.program, data)
    found += [_gone(run, name) for name in run.about["frames"] if name in tables and name not in data]
    raise_errors(found)
    raise_errors(check_tables(program, given, str(run.about["folder"]), run.source_map(given)))
    return given


def _gone(run: Run, name: str) -> Diagnostic:
    """What the spec says of a table is not what it was trained on."""
    message = f"{run.folder} was trained on a DataFrame for `{name}`, which it does not keep"
    help = [f'give it again: `data={{"{name}": frame}}`', f"or give a file: `--data {name}=PATH`"]
    return Diagnostic("REC714", run.source_map().source(name), message, help=help)


def not_its_own(run: Run, data: Data, out: str) -> None:
    """Raises SpecError for a file of predictions that is one of those that they are made of, by whatever name."""
    if not os.path.exists(out):
        return
    folder = str(run.about["folder"])
    for given in (run.data, {**run.data, **data}):
        for table in run.program.data.tables:
            with suppress(DataError):  # reported elsewhere
                source = source_of(table, given, folder)
                if source is not None and any(os.path.samefile(out, path) for path in source.files):
                    raise SpecError([_own(f"{out} holds the data of `{table.name}`")])
    parts = [os.path.join(run.folder, name) for name in (RUN, *run.about["files"])]
    if any(os.path.exists(path) and os.path.samefile(out, path) for path in parts):
        raise SpecError([_own(f"{out} is a file of the run itself")])


def _own(message: str) -> Diagnostic:
    return Diagnostic("REC722", None, f"{message}, and is left as it is", help="write the predictions to another file")
