"""A run: the model of prepared data, trained, measured and written into its folder."""

from __future__ import annotations

import math
import os
import sys
import time
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from specc.backends.keras import Models
from specc.diagnostics import Diagnostic
from specc.diagnostics.display import plain
from specc.diagnostics.errors import SpecError
from specc.run.checking import folder_of
from specc.run.finite import not_finite_as_diagnostic
from specc.run.fitting import data_errors_as_diagnostics
from specc.run.folders import NewRun
from specc.run.forward import Forward
from specc.run.interrupts import Stopped, finishing
from specc.run.measured import Measured
from specc.run.preparing import Prepared
from specc.run.reading import source_of
from specc.run.runs import Run
from specc.run.saving import save_run
from specc.run.session import train_models
from specc.run.source_map import SourceMap

if TYPE_CHECKING:
    from specc.driver import Compilation
    from specc.ir.program import Program


def make_run(compilation: Compilation, program: Program, prepared: Prepared, out: str | None, verbose: bool) -> Run:
    """Trains, measures and writes. Raises SpecError and Stopped, as `train`."""
    start = time.perf_counter()
    given, fitted, parts = prepared.given, prepared.fitted, prepared.parts
    places = SourceMap(program, compilation.texts, given)
    watched = "valid" if "valid" in parts else "all"
    forward = cache(Forward)  # traced once, for all parts

    def measured(models: Models, part: str = watched) -> Measured:
        return Measured(program, forward(models), fitted.encoders, fitted.candidates, parts[part], prepared.inputs[part])

    with NewRun(out, program.name) as new:
        rows = ", ".join(f"{n:,} {_called(name)}" for name, n in prepared.rows.items())
        note(verbose, f"{program.name}: {rows}; run {new.out}")
        with data_errors_as_diagnostics(places, program.data.rows, span=places.metric(program.training.monitor)):
            session = train_models(program, fitted, measured, new, verbose=verbose)
            trained = time.perf_counter()
            with finishing(session.interrupted is None) as late:
                metrics: dict[str, Any] = {"popularity": {}, "gates": {}}
                failed = list[Diagnostic]()
                for part in parts:
                    measure = measured(session.models, part)
                    metrics["popularity"][part] = measure.popularity()
                    try:
                        with not_finite_as_diagnostic(f" (`{part}`); {new.out} is written, and its metrics of them are NaN"):
                            metrics[part] = session.best if part == watched and session.best is not None else measure()
                            metrics["gates"][part] = measure.gates()
                    except SpecError as error:  # the model is there all the same
                        failed += error.diagnostics
                        metrics[part] = dict.fromkeys(measure.measures, math.nan)
                about = {
                    "name": program.name,
                    "folder": folder_of(compilation),
                    "sets": dict(compilation.sets),
                    "data": _paths(program, given, folder_of(compilation)),
                    "frames": [name for name, frame in given.items() if isinstance(frame, pl.DataFrame)],
                    "rows": prepared.rows,
                    "best_epoch": session.best_epoch,
                    "interrupted": session.interrupted,
                    "seconds": {"data": round(prepared.seconds, 2), "training": round(trained - start, 2)},
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
    if failed:
        raise SpecError(failed)
    note(verbose, f"trained in {trained - start:.1f} s; {told_of}")
    if verbose:
        print(run.report())
    return run


def _paths(program: Program, given: dict[str, Any], folder: str) -> dict[str, str]:
    """Where the tables were found that were given as paths, from wherever the run is used."""
    sources = {table.name: source_of(table, given, folder) for table in program.data.tables if table.name in given}
    return {name: os.path.abspath(one.path) for name, one in sources.items() if one is not None and one.path is not None}


def _called(part: str) -> str:
    return "rows, all trained on, for no `split` holds any out" if part == "all" else part


def note(verbose: bool, text: str) -> None:
    """A line on the standard error."""
    if verbose:
        print(plain(text), file=sys.stderr)
