"""Trains CensusWrittenOut, measures it, and writes the model and its encoders into a folder.

    python -m census_written_out.train [--data NAME=PATH] [--out FOLDER] [--epochs N]

Generated from census_written_out.rec: see model.py.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import redirect_stdout
from typing import Any

import keras
import polars as pl
from keras import losses

from support.features.batches import Batches
from support.features.dataset import paths_of
from support.metrics.pointwise import auc
from support.optimizers.lazy import LazyAdam
from support.training.building import build_training
from support.training.heads import evaluate_heads
from support.training.measures import Measure
from support.training.objectives import Objective, check_taught, targets
from support.training.report import report
from support.training.saved import save
from support.training.validation import Validation

from .data import DATA, make_features
from .model import SEED, build_models

BATCH = 1024
EPOCHS = 5
OUT = "runs/census_written_out"


def objectives() -> dict[str, Objective]:
    """What each loss learns of a row."""
    return {
        "income": Objective(label=pl.col("income")),
        "never_married": Objective(label=pl.col("never_married")),
    }


def measures() -> dict[str, Measure]:
    """The metrics, each of all rows of a part."""
    return {
        "income.auc": Measure("income", auc, label=pl.col("income")),
        "never_married.auc": Measure("never_married", auc, label=pl.col("never_married")),
    }


def compile_training(training: keras.Model) -> None:
    """Optimizer and losses."""
    training.compile(
        optimizer=LazyAdam(0.001),
        loss={
            "income": losses.BinaryCrossentropy(from_logits=True, reduction="mean_with_sample_weight"),
            "never_married": losses.BinaryCrossentropy(from_logits=True, reduction="mean_with_sample_weight"),
        },
        loss_weights={"income": 1.0, "never_married": 0.5},
        jit_compile=False,
        steps_per_execution=16,
    )
    build_training(training)


def main() -> None:
    """Reads, trains, measures, writes."""
    parser = argparse.ArgumentParser(prog="python -m census_written_out.train")
    parser.add_argument("--data", action="append", default=[], metavar="NAME=PATH", help="a table's rows are in this file")
    parser.add_argument("--out", default=OUT, metavar="FOLDER", help="what is trained is written here")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)  # a place that cannot be written is told before training

    rows = DATA.read(paths_of(options.data))
    features = make_features().fit(rows.train)
    inputs = features.encode_rows(rows.train)
    labels, weights = targets(rows.train, objectives(), inputs)
    check_taught(weights)

    models = build_models(features.sizes, grouped=True)
    compile_training(models.training)
    columns = {tensor.name: inputs[tensor.name] for tensor in models.model.inputs}
    batches = Batches(columns, labels, weights, batch=BATCH, shuffle=True, seed=SEED)
    measured = {part: (frame, features.encode_rows(frame)) for part, frame in rows.measured.items()}
    validation = Validation(
        lambda: evaluate_heads(models.model, *measured["valid"], measures()), monitor="income.auc", patience=2
    )
    with redirect_stdout(sys.stderr):
        callbacks = [batches, validation]
        models.training.fit(batches.dataset(), epochs=options.epochs, shuffle=False, callbacks=callbacks, verbose=2)

    metrics: dict[str, Any] = {part: evaluate_heads(models.model, *each, measures()) for part, each in measured.items()}
    save(options.out, models.model, features, metrics)
    print(report(metrics))


if __name__ == "__main__":
    main()
