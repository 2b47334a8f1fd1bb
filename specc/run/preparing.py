"""Before any model: the data of a training, read, encoded and checked."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from specc.ir.program import Program
from specc.run.encoded import encode_part
from specc.run.fitting import SPOOL, Fitted, data_errors_as_diagnostics, fit_program, with_seen
from specc.run.measuring import check_rows
from specc.run.row_cache import CachedRows, in_frame
from specc.run.row_locator import RowLocator
from specc.run.scratch import Scratch
from specc.run.source_map import SourceMap


@dataclass(frozen=True, eq=False)
class Prepared:
    """given: where data were read from, if not where the spec says. fitted: what is trained on. parts: the rows of each part
    that is measured, and inputs: these encoded, by name. rows: how many each part has, also that which is trained on. seconds:
    what all this took.
    """

    given: dict[str, Any]
    fitted: Fitted
    parts: dict[str, pl.DataFrame]
    inputs: dict[str, dict[str, Any]]
    rows: dict[str, int]
    seconds: float


def prepare(program: Program, given: dict[str, Any], folder: str, places: SourceMap, scratch: Scratch) -> Prepared:
    """Reads what training reads, and reports every mistake that can be found before hours of it. Raises SpecError."""
    start = time.perf_counter()
    fitted = fit_program(program, given, folder, places, scratch)
    with data_errors_as_diagnostics(places, program.data.rows, RowLocator(program, given, folder)):
        parts = held_out(program, fitted)
        inputs = {}
        for part, frame in parts.items():
            rows = fitted.rows.parts[part]
            whole = replace(rows, seen=True) if isinstance(rows, CachedRows) else frame
            inputs[part] = encode_part(f"measured {part}", whole, fitted.encoders, {}, scratch)[0]
        for frame in parts.values():
            check_rows(program, fitted.encoders, frame)
    heights = {name: rows.height for name, rows in fitted.rows.parts.items()}
    scratch.remove(SPOOL)
    return Prepared(given, fitted, parts, inputs, heights, time.perf_counter() - start)


def held_out(program: Program, fitted: Fitted) -> dict[str, pl.DataFrame]:
    """The rows of each part that is measured: valid and test, or, where nothing is held out, all rows, which are trained on."""
    parts = fitted.rows.parts
    chosen = {name: parts[name] for name in ("valid", "test", "all") if name in parts}
    return {
        name: in_frame(program, rows) if isinstance(rows, CachedRows) else with_seen(program, fitted.rows, rows)
        for name, rows in chosen.items()
    }
