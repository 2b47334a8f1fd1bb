"""`train`: from a spec to a run folder."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from specc.backends.run import Models
from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError
from specc.ir.program import Program
from specc.training.checking import folder_of
from specc.training.encoded import encode_part
from specc.training.fitting import SPOOL, Fitted, fit_program, told, with_seen
from specc.training.forward import Forward
from specc.training.measured import Measured
from specc.training.measuring import check_rows
from specc.training.mistakes import Places
from specc.training.reading import Data
from specc.training.runs import Run
from specc.training.saving import new_folder, save_run
from specc.training.scratch import Scratch
from specc.training.session import train_models
from specc.training.spooled import Spooled, in_frame

if TYPE_CHECKING:
    from specc.driver import Compilation


def train(compilation: Compilation, *, data: Data | None = None, out: str | None = None, verbose: bool = True) -> Run:
    """Fits the encoders of a spec, trains its model, measures it on the parts that were held out, and writes a run folder.

    The weights are those of the best epoch by the metric that `early_stop` names, else of the last. Same spec, data and seed
    give the same weights.

    Args:
        compilation: of the spec.
        data: by schema, a path, a pattern or a polars DataFrame to read instead of what the spec says.
        out: the folder; by default a new one, runs/NAME-1, -2, ...
        verbose: a progress bar and notes on the standard error, the metrics as a table on the standard output.

    Raises:
        SpecError: mistakes in the spec or its data, training that diverges, or a folder that cannot be written.
    """
    program = compilation.program
    if program is None:
        raise SpecError(compilation.diagnostics)
    if not program.objectives:
        help = "write what is learned: `loss income = bce`"
        raise SpecError([Diagnostic("REC718", None, f"{program.name} has no loss, so there is nothing to train", help=help)])
    # What is too large for memory lies beside the run while it trains.
    with Scratch(out if out is not None else os.path.join("runs", program.name)) as scratch:
        return _train(compilation, program, dict(data or {}), out, verbose, scratch)


def _train(
    compilation: Compilation, program: Program, given: dict[str, Any], out: str | None, verbose: bool, scratch: Scratch
) -> Run:
    start = time.perf_counter()
    places = Places(compilation.resolved)
    fitted = fit_program(program, given, folder_of(compilation), places, scratch)
    with told(places, program.data.rows):  # before hours of training
        parts = held_out(program, fitted)
        inputs = {}
        for part, frame in parts.items():
            rows = fitted.rows.parts[part]
            whole = replace(rows, seen=True) if isinstance(rows, Spooled) else frame
            inputs[part] = encode_part(f"measured {part}", whole, fitted.encoders, {}, scratch)[0]
        for frame in parts.values():
            check_rows(program, fitted.encoders, frame)
    said = {name: rows.height for name, rows in fitted.rows.parts.items()}
    scratch.remove(SPOOL)
    folder = new_folder(out, program.name)
    note(verbose, f"{program.name}: {', '.join(f'{n:,} {_called(name)}' for name, n in said.items())}; run {folder}")
    read = time.perf_counter()
    watched = "valid" if "valid" in parts else "all"

    forward = cache(Forward)  # traced once, for all parts

    def measured(models: Models, part: str = watched) -> Measured:
        return Measured(program, forward(models), fitted.encoders, fitted.candidates, parts[part], inputs[part])

    log = os.path.join(folder, "log.csv")
    with told(places, program.data.rows):
        models, validation = train_models(program, fitted, measured, log=log, verbose=verbose)
        trained = time.perf_counter()
        metrics: dict[str, Any] = {"popularity": {}, "gates": {}}
        for part in parts:
            measure = measured(models, part)
            metrics[part] = validation.best if part == watched else measure()
            metrics["popularity"][part] = measure.popularity()
            metrics["gates"][part] = measure.gates()
    about = {
        "name": program.name,
        "folder": folder_of(compilation),
        "sets": dict(compilation.sets),
        "data": {name: os.path.abspath(path) for name, path in given.items() if not isinstance(path, pl.DataFrame)},
        "rows": said,
        "best_epoch": None if validation.best_epoch is None else validation.best_epoch + 1,
        "seconds": {"data": round(read - start, 2), "training": round(trained - read, 2)},
    }
    save_run(folder, compilation, program, fitted, models, metrics, about)
    note(
        verbose, f"trained in {trained - read:.1f} s; the weights are those of epoch {about['best_epoch']}; written to {folder}"
    )
    run = Run.load(folder)
    if verbose:
        print(run.report())
    return run


def held_out(program: Program, fitted: Fitted) -> dict[str, pl.DataFrame]:
    """The rows of each part that is measured: valid and test, or, where nothing is held out, all rows, which are trained on."""
    parts = fitted.rows.parts
    chosen = {name: parts[name] for name in ("valid", "test", "all") if name in parts}
    return {
        name: in_frame(program, rows) if isinstance(rows, Spooled) else with_seen(program, fitted.rows, rows)
        for name, rows in chosen.items()
    }


def _called(part: str) -> str:
    return "rows, all trained on, for no `split` holds any out" if part == "all" else part


def note(verbose: bool, text: str) -> None:
    """A line on the standard error."""
    if verbose:
        print(text, file=sys.stderr)
