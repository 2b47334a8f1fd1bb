"""Writes a run folder."""

from __future__ import annotations

import math
import os
import shutil
from typing import TYPE_CHECKING, Any

import keras
import polars as pl

from specc.backends.run import Models
from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError
from specc.ir.base import Model
from specc.ir.program import Program
from specc.training.fitting import Fitted
from specc.training.runs import FORMAT, PARTS, WEIGHTS, write_json
from specc.training.spec_files import write_spec

if TYPE_CHECKING:
    from specc.driver import Compilation


def new_folder(out: str | None, name: str) -> str:
    """The folder of a new run: `out`, or the first free one of runs/NAME-1, -2, ...

    An earlier run in `out`, or what is left of one, is removed. Raises SpecError for a folder that cannot be made, or that
    holds anything else.
    """
    try:
        if out is not None:
            os.makedirs(out, exist_ok=True)
            there = set(os.listdir(out))
            if "run.json" not in there and not there <= PARTS:
                help = "choose another `--out`, or empty it"
                raise SpecError(
                    [Diagnostic("REC722", None, f"{out} holds files that are no run, and is left as it is", help=help)]
                )
            for name in there & PARTS:
                path = os.path.join(out, name)
                shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
            return out
        number = 1
        while True:
            folder = os.path.join("runs", f"{name}-{number}")
            try:
                os.makedirs(folder)
            except FileExistsError:
                number += 1
            else:
                return folder
    except OSError as error:
        raise SpecError([Diagnostic("REC722", None, f"cannot make the run folder: {error}")]) from error


def save_run(
    folder: str,
    compilation: Compilation,
    program: Program,
    fitted: Fitted,
    models: Models,
    metrics: dict[str, Any],
    about: dict[str, Any],
) -> None:
    """Writes everything that `specc.training.runs` lists, but the log; `about` goes into run.json."""
    main = write_spec(compilation, folder)
    if compilation.spec is not None:
        _write_model(folder, "spec.json", compilation.spec)
    _write_model(folder, "program.json", program)
    write_json(folder, "features.json", {"sizes": fitted.sizes, "encoders": fitted.encoders.features.state()})
    for loss, each in fitted.candidates.items():
        os.makedirs(os.path.join(folder, "candidates"), exist_ok=True)
        table = pl.DataFrame({"id": each.ids, "value": each.values, "count": each.counts[each.ids]})
        table.write_parquet(os.path.join(folder, "candidates", f"{loss}.parquet"))
    everything(models).save_weights(os.path.join(folder, WEIGHTS))
    models.model.save(os.path.join(folder, "model.keras"))
    write_json(folder, "metrics.json", _plain(metrics))
    shapes = {name: [list(values.shape), str(values.dtype)] for name, values in fitted.catalogue.items()}
    write_json(folder, "run.json", {"format": FORMAT, "spec": main, **_plain(about), "catalogue": shapes})


def everything(models: Models) -> Any:
    """One model with all that a run must keep: what is exported and what is trained share most layers, but not all."""
    return keras.Model(models.training.input, {"training": models.training.output, "model": models.model.output})


def _write_model(folder: str, name: str, model: Model) -> None:
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(model.model_dump_json(indent=1) + "\n")


def _plain(value: Any) -> Any:
    """Numbers that JSON has: NaN becomes null."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
