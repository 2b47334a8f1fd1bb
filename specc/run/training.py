"""`train`: from a spec to a run folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from specc.analysis.fits import too_large
from specc.backends.start import import_tensorflow
from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import raise_errors
from specc.run.checking import folder_of
from specc.run.folders import check_place
from specc.run.preparing import prepare
from specc.run.reading import Data
from specc.run.scratch import Scratch
from specc.run.source_map import SourceMap

if TYPE_CHECKING:
    from specc.driver import Compilation
    from specc.ir.program import Program
    from specc.run.runs import Run


def nothing_to_train(program: Program) -> list[Diagnostic]:
    """What is to be said of a Program without a loss."""
    if program.losses:
        return []
    help = "write what is learned: `loss income = bce`"
    return [Diagnostic("REC718", None, f"{program.name} has no loss, so there is nothing to train", help=help)]


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
    raise_errors(compilation.diagnostics)
    program = compilation.program
    assert program is not None
    raise_errors(nothing_to_train(program))
    if out is not None:
        check_place(out)
    with compilation.fitting_together():
        found = too_large(program, {name: size for name, size in program.sizes.items() if size is not None}, trained=True)
    raise_errors(found)  # whatever the data say
    # What is too large for memory lies beside the run while it trains.
    place = out if out is not None else os.path.join("runs", program.name)
    places = SourceMap(program, compilation.texts, data or {})
    with compilation.fitting_together(), Scratch(place) as scratch:
        prepared = prepare(program, dict(data or {}), folder_of(compilation), places, scratch)
        import_tensorflow()  # not before: a mistake in the data is reported at once
        from specc.run.making import make_run

        return make_run(compilation, program, prepared, out, verbose)
