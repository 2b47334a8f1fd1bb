"""Writes a run folder."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

import keras
import polars as pl

from specc.backends.keras import Models
from specc.ir.base import Model
from specc.ir.program import Program
from specc.run.fitting import Fitted
from specc.run.folders import NewRun
from specc.run.parts import FORMAT, RUN, WEIGHTS, About, digest, files_in, write_json
from specc.run.spec_files import write_spec

if TYPE_CHECKING:
    from specc.driver import Compilation


def save_run(
    new: NewRun,
    compilation: Compilation,
    program: Program,
    fitted: Fitted,
    models: Models,
    metrics: dict[str, Any],
    about: dict[str, Any],
) -> None:
    """Writes everything that `specc.run.runs` lists, but the log; `about` goes into run.json. Raises SpecError for a file
    that cannot be written.
    """
    folder = new.folder
    with new.writing("spec"):
        texts = write_spec(compilation, folder)
    with new.writing("spec.json"):
        if compilation.spec is not None:
            _write_model(folder, "spec.json", compilation.spec)
    with new.writing("program.json"):
        _write_model(folder, "program.json", program)
    with new.writing("features.json"):
        write_json(folder, "features.json", {"sizes": fitted.sizes, "encoders": fitted.encoders.features.state()})
    for loss, each in fitted.candidates.items():
        with new.writing(f"candidates/{loss}.parquet"):
            os.makedirs(os.path.join(folder, "candidates"), exist_ok=True)
            table = pl.DataFrame({"id": each.ids, "value": each.values, "count": each.counts[each.ids]})
            table.write_parquet(os.path.join(folder, "candidates", f"{loss}.parquet"))
    with new.writing(WEIGHTS):
        everything(models).save_weights(os.path.join(folder, WEIGHTS))
    with new.writing("model.keras"):
        models.model.save(os.path.join(folder, "model.keras"))
    with new.writing("metrics.json"):
        write_json(folder, "metrics.json", _plain(metrics))
    with new.writing(RUN):
        files = {path: digest(os.path.join(folder, path)) for path in files_in(folder)}
        spec = next(iter(texts.values()), None)
        catalogue = {name: (list(values.shape), str(values.dtype)) for name, values in fitted.catalogue.items()}
        written = About(format=FORMAT, spec=spec, texts=texts, **about, catalogue=catalogue, files=files)
        write_json(folder, RUN, written.model_dump())


def everything(models: Models) -> Any:
    """One model with all that a run must keep: what is exported and what is trained share most layers, but not all."""
    whole = keras.Model(models.training.input, {"training": models.training.output, "model": models.model.output})
    if (balancer := getattr(models.training, "balancer", None)) is not None:
        whole.balancer = balancer  # it is in no network
    return whole


def _write_model(folder: str, name: str, model: Model) -> None:
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(model.model_dump_json(indent=1) + "\n")


def _plain(value: Any) -> Any:
    """Numbers that JSON has: NaN becomes null."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
