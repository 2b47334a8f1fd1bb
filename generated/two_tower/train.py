"""Trains TwoTower, measures it, and writes the model and its encoders into a folder.

    python -m two_tower.train [--data NAME=PATH] [--out FOLDER] [--epochs N]

Generated from two_tower.rec: see model.py.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from typing import Any

import keras
import polars as pl

from support.features.batches import Batches
from support.features.dataset import paths_of
from support.layers.losses import PerRow
from support.metrics.ranking import ndcg, recall
from support.optimizers.lazy import LazyAdam
from support.training.best import save_candidates
from support.training.building import build_training
from support.training.catalogue import own_counts
from support.training.evaluation import evaluate
from support.training.measures import Measure
from support.training.objectives import Objective, check_taught, targets
from support.training.popularity import popularity
from support.training.prediction import vectors_of
from support.training.ranking import Ranked
from support.training.report import report
from support.training.saved import save
from support.training.validation import Validation

from .data import CANDIDATES, DATA, OTHER_FEATURES, make_features
from .model import SEED, build_models

BATCH = 512
EPOCHS = 5
OUT = "runs/two_tower"


def objectives(ids: Mapping[str, Any]) -> dict[str, Objective]:
    """What each loss learns of a row. ids: of the candidates, by loss."""
    return {"watch": Objective(where=pl.col("movie_id").is_not_null(), candidate="movie_id", candidates=ids["watch"])}


def measures() -> dict[str, Measure]:
    """The metrics, each of all rows of a part."""
    found = pl.col("movie_id").is_not_null()
    return {
        "watch.recall@10": Measure("watch", recall, where=found, k=10, candidates="movie_id"),
        "watch.recall@100": Measure("watch", recall, where=found, k=100, candidates="movie_id"),
        "watch.ndcg@10": Measure("watch", ndcg, where=found, k=10, candidates="movie_id"),
    }


def compile_training(training: keras.Model) -> None:
    """Optimizer and losses."""
    training.compile(optimizer=LazyAdam(0.001), loss={"watch": PerRow()}, jit_compile=False, steps_per_execution=16)
    build_training(training)


def main() -> None:
    """Reads, trains, measures, writes."""
    parser = argparse.ArgumentParser(prog="python -m two_tower.train")
    parser.add_argument("--data", action="append", default=[], metavar="NAME=PATH", help="a table's rows are in this file")
    parser.add_argument("--out", default=OUT, metavar="FOLDER", help="what is trained is written here")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)  # a place that cannot be written is told before training

    rows = DATA.read(paths_of(options.data))
    features = make_features().fit(rows.train)
    ids = {loss: one.ids(features, rows.entities) for loss, one in CANDIDATES.items()}
    inputs = features.encode_rows(rows.train, OTHER_FEATURES)
    labels, weights = targets(rows.train, objectives(ids), inputs)
    check_taught(weights)
    counts = {loss: own_counts(labels[loss], one.size(features)) for loss, one in CANDIDATES.items()}
    columns_of_candidates = [one.catalogue(features, rows.entities) for one in CANDIDATES.values()]
    catalogue = {name: values for columns in columns_of_candidates for name, values in columns.items()}

    models = build_models(features.sizes, counts=counts, catalogue=catalogue, candidate_ids=ids, grouped=True)
    compile_training(models.training)
    columns = {tensor.name: inputs[tensor.name] for tensor in models.model.inputs}
    batches = Batches({**columns, "watch_positive": labels["watch"]}, labels, weights, batch=BATCH, shuffle=True, seed=SEED)
    measured = {part: (frame, features.encode_rows(frame, OTHER_FEATURES)) for part, frame in rows.measured.items()}
    ranked = {"watch": Ranked(ids["watch"], counts["watch"], models.candidates)}
    validation = Validation(
        lambda: evaluate(models.model, *measured["valid"], measures(), ranked), monitor="watch.recall@10", patience=2
    )
    with redirect_stdout(sys.stderr):
        callbacks = [batches, validation]
        models.training.fit(batches.dataset(), epochs=options.epochs, shuffle=False, callbacks=callbacks, verbose=2)

    metrics: dict[str, Any] = {part: evaluate(models.model, *each, measures(), ranked) for part, each in measured.items()}
    metrics["popularity"] = {part: popularity(*each, measures(), ranked) for part, each in measured.items()}
    save(options.out, models.model, features, metrics)
    save_candidates(
        options.out,
        "watch",
        ids["watch"],
        CANDIDATES["watch"].values(ids["watch"], features, rows.entities),
        vectors_of(models.candidates, ids["watch"]),
    )
    print(report(metrics))


if __name__ == "__main__":
    main()
