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
from specc.training.folders import NewRun, check_place
from specc.training.forward import Forward
from specc.training.interrupts import Stopped, finishing
from specc.training.located import Locator
from specc.training.measured import Measured
from specc.training.measuring import check_rows
from specc.training.mistakes import Places
from specc.training.reading import Data
from specc.training.runs import Run
from specc.training.saving import save_run
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
        SpecError: mistakes in the spec or its data, training that diverges, or a folder that cannot be written. An earlier
            run in `out` is then as it was.
        Stopped: Ctrl-C, once an epoch is complete: the run folder is written, with the best weights so far, or, where
            `early_stop` names no metric, the last. Before that, or for a second Ctrl-C, KeyboardInterrupt, and no run.
    """
    program = compilation.program
    if program is None:
        raise SpecError(compilation.diagnostics)
    if not program.objectives:
        help = "write what is learned: `loss income = bce`"
        raise SpecError([Diagnostic("REC718", None, f"{program.name} has no loss, so there is nothing to train", help=help)])
    if out is not None:
        check_place(out)
    # What is too large for memory lies beside the run while it trains.
    with Scratch(out if out is not None else os.path.join("runs", program.name)) as scratch:
        return _train(compilation, program, dict(data or {}), out, verbose, scratch)


def _train(
    compilation: Compilation, program: Program, given: dict[str, Any], out: str | None, verbose: bool, scratch: Scratch
) -> Run:
    start = time.perf_counter()
    places = Places(compilation.resolved)
    fitted = fit_program(program, given, folder_of(compilation), places, scratch)
    with told(places, program.data.rows, Locator(program, given, folder_of(compilation))):  # before hours of training
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
    read = time.perf_counter()
    watched = "valid" if "valid" in parts else "all"
    forward = cache(Forward)  # traced once, for all parts

    def measured(models: Models, part: str = watched) -> Measured:
        return Measured(program, forward(models), fitted.encoders, fitted.candidates, parts[part], inputs[part])

    with NewRun(out, program.name) as new:
        note(verbose, f"{program.name}: {', '.join(f'{n:,} {_called(name)}' for name, n in said.items())}; run {new.out}")
        with told(places, program.data.rows):
            session = train_models(program, fitted, measured, new, verbose=verbose)
            trained = time.perf_counter()
            with finishing(session.interrupted is None) as late:
                metrics: dict[str, Any] = {"popularity": {}, "gates": {}}
                for part in parts:
                    measure = measured(session.models, part)
                    metrics[part] = session.best if part == watched and session.best is not None else measure()
                    metrics["popularity"][part] = measure.popularity()
                    metrics["gates"][part] = measure.gates()
                about = {
                    "name": program.name,
                    "folder": folder_of(compilation),
                    "sets": dict(compilation.sets),
                    "data": {name: os.path.abspath(path) for name, path in given.items() if not isinstance(path, pl.DataFrame)},
                    "frames": [name for name, frame in given.items() if isinstance(frame, pl.DataFrame)],
                    "rows": said,
                    "best_epoch": session.best_epoch,
                    "interrupted": session.interrupted,
                    "seconds": {"data": round(read - start, 2), "training": round(trained - read, 2)},
                }
                save_run(new, compilation, program, fitted, session.models, metrics, about)
                new.finish()
        run = Run.load(new.out)
    whose = "what they then were" if session.best_epoch is None else f"those of epoch {session.best_epoch}"
    told_of = f"the weights are {whose}; written to {new.out}"
    if session.interrupted is not None:
        raise Stopped(f"stopped in epoch {session.interrupted}; {told_of}", run)
    if late.pressed:
        raise Stopped(f"stopped after training; {told_of}", run)
    note(verbose, f"trained in {trained - read:.1f} s; {told_of}")
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
