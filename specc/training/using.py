"""`evaluate` and `predict`: a run, used from its folder alone."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import polars as pl

from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError
from specc.ir.program import DataProgram
from specc.runtime.metrics.top_k import top_k
from specc.runtime.training.prediction import predict as predict_rows
from specc.training.checking import check_tables, unknown_tables
from specc.training.fitting import read_tables, told, with_seen
from specc.training.mistakes import Places
from specc.training.reading import Data
from specc.training.rows import Rows, arrange
from specc.training.runs import Run, report
from specc.training.serving import serving_data
from specc.training.session import MEASURED_AT_ONCE, Measured

Folder = str | os.PathLike[str] | Run


def evaluate(run: Folder, *, data: Data | None = None, verbose: bool = False) -> dict[str, dict[str, float]]:
    """The metrics of a run by part, `valid` and `test`, each beside the popularity baseline under `popularity`.

    With `data` for the schema of the rows, all of these that the spec's `rows` chooses are one part, `data`: nothing is
    split. `verbose` prints the table. Raises SpecError.
    """
    run = run if isinstance(run, Run) else Run.load(run)
    program = run.program
    new = program.data.rows in (data or {})
    rows = _rows(run, program.data, data or {}, split=not new, choose=True)
    metrics: dict[str, Any] = {"popularity": {}, "gates": {}}
    for name, frame in rows.parts.items():
        part = "data" if new else name
        if part == "train":
            continue
        with told(Places()):
            frame = with_seen(program, rows, frame)
            inputs = run.encoders.encode_rows(frame)
            measured = Measured(program, run.models, run.encoders, run.candidates, frame, inputs)
            metrics[part] = measured()
            metrics["popularity"][part] = measured.popularity()
            metrics["gates"][part] = measured.gates()
    if verbose:
        print(report(metrics))
    return metrics


def predict(run: Folder, *, data: Data | None = None, out: str | os.PathLike[str] | None = None, top: int = 10) -> pl.DataFrame:
    """The predictions of a run for every row of its data, or of `data`; labels need not be there.

    The frame holds the columns of the rows that were read for the model and have one value a row, and for each head its
    probability or quantity under its name; for each retrieval loss the `top` candidates, best first: their values, as the
    data spell them, under its name, and their scores under `NAME.score`, both lists. Written to `out` as Parquet, or as
    CSV, where lists are joined by `|`. Raises SpecError.
    """
    if top < 1:
        raise ValueError(f"top must be at least 1, but is {top}")
    run = run if isinstance(run, Run) else Run.load(run)
    needed = serving_data(run.program)
    rows = _rows(run, needed, data or {}, split=False, choose=False)
    frame = rows.everything
    (table,) = [table for table in needed.tables if table.name == needed.rows]
    scalar = [column.name for column in table.columns if not column.storage.startswith(("bag", "seq", "vector"))]
    with told(Places()):
        inputs = run.encoders.encode(frame, [feature.name for feature in needed.features if feature.input])
    outputs = predict_rows(run.models.model, inputs, MEASURED_AT_ONCE)
    made = [pl.Series(name, values.reshape(-1)) for name, values in outputs.items() if name not in run.candidates]
    for loss, candidates in run.candidates.items():
        vectors = run.models.candidates[loss].predict(candidates.ids, batch_size=MEASURED_AT_ONCE, verbose=0)
        ids, scores = top_k(outputs[loss], vectors, candidates.ids, top)
        made += best_lists(loss, ids, scores, candidates.ids, candidates.values)
    names = {series.name for series in made}  # a label of this name may be read for a history
    predictions = pl.DataFrame([*(frame[name] for name in scalar if name not in names), *made])
    if out is not None:
        write_frame(predictions, os.fspath(out))
    return predictions


def best_lists(name: str, ids: Any, scores: Any, candidate_ids: Any, values: pl.Series) -> list[pl.Series]:
    """The best candidates of rows as lists of values and of scores: ids and scores (rows, k), -1 where there are fewer."""
    place = np.searchsorted(candidate_ids, ids.reshape(-1))
    there = ids.reshape(-1) >= 0
    flat = pl.DataFrame(
        {
            "row": np.repeat(np.arange(len(ids)), ids.shape[1])[there],
            name: values.gather(place[there]),
            "score": scores.reshape(-1)[there].astype("float32"),
        }
    )
    lists = flat.group_by("row", maintain_order=True).agg(name, "score")
    return [lists[name], lists["score"].alias(f"{name}.score")]


def write_frame(frame: pl.DataFrame, out: str) -> None:
    """Writes .parquet or .csv. Raises SpecError for a file that cannot be written, or another suffix."""
    try:
        if out.endswith(".parquet"):
            frame.write_parquet(out)
        elif out.endswith(".csv"):
            lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
            frame.with_columns(pl.col(name).cast(pl.List(pl.String)).list.join("|") for name in lists).write_csv(out)
        else:
            raise SpecError([Diagnostic("REC722", None, f"predictions are written as .parquet or .csv, not as {out}")])
    except OSError as error:
        raise SpecError([Diagnostic("REC722", None, f"cannot write {out}: {error}")]) from error


def _rows(run: Run, program: DataProgram, data: Data, *, split: bool, choose: bool) -> Rows[pl.DataFrame]:
    """The rows that a run is used on: of `data`, else of what it was trained with. Raises SpecError."""
    folder, places = str(run.about["folder"]), Places()
    tables = {table.name for table in program.tables}
    given = {name: path for name, path in {**run.data, **data}.items() if name in tables}
    whole = run.program.model_copy(update={"data": program})
    found = unknown_tables(run.program, data) + check_tables(whole, given, folder, places)
    if found:
        raise SpecError(found)
    frames = read_tables(program, given, folder, places)
    with told(places, program.rows):
        return arrange(program, frames, split=split, choose=choose)
