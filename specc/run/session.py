"""Trains the models of a Program on fitted data."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras

from specc.backends.keras import Models, build_models
from specc.backends.targets import find, instance
from specc.diagnostics import Diagnostic
from specc.diagnostics.display import plain
from specc.diagnostics.errors import SpecError
from specc.ir.program import STEPS_AT_ONCE, ObjectConfig, Program
from specc.run.finite import NotFiniteError
from specc.run.fitting import Fitted
from specc.run.folders import NewRun
from specc.run.mapped import MappedBatches, columns
from specc.runtime.optimizers.groups import OptimizerGroups
from specc.runtime.training.building import build_training
from specc.runtime.training.validation import Validation


def optimizer_of(program: Program) -> Any:
    """The Keras optimizer, or the optimizers of its groups."""
    training = program.training
    default = _optimizer(training.optimizer)
    if not training.groups:
        return default
    groups = {group.name: _optimizer(group.optimizer) for group in training.groups}
    return OptimizerGroups(default, groups, {group.name: group.layers for group in training.groups})


def _optimizer(spec: ObjectConfig) -> Any:
    return instance(spec.target, spec.config)


def compile_training(program: Program, models: Models) -> None:
    """Compiles the training model: losses by output, each with its weight."""
    models.training.compile(
        optimizer=optimizer_of(program),
        loss={one.name: find(one.target)(**one.config) for one in program.losses},
        loss_weights={one.name: one.weight for one in program.losses},
        # Bags differ in width from batch to batch, and XLA would compile for each width again.
        jit_compile=False,
        steps_per_execution=STEPS_AT_ONCE,
    )
    build_training(models.training)


def training_batches(program: Program, fitted: Fitted) -> MappedBatches:
    """The training rows in batches; a retrieval loss reads its positive as an input."""
    (training,) = [network for network in program.networks if network.role == "training"]
    (model,) = [network for network in program.networks if network.role == "model"]
    positives = [name for name in training.inputs if name not in model.inputs]
    retrievals = [one.name for one in program.losses if one.candidates is not None]
    inputs = {name: fitted.inputs[name] for name in model.inputs}
    inputs |= {name: fitted.labels[loss] for name, loss in zip(positives, retrievals, strict=True)}
    options = program.training
    return MappedBatches(
        columns(inputs),
        columns(fitted.labels),
        columns(fitted.weights),
        batch=options.batch,
        shuffle=options.shuffle,
        seed=options.seed,
    )


def _printable(epoch: int, logs: dict[str, Any]) -> None:
    """Gives metrics harmless names: a condition with any string may stand in one."""
    for name in list(logs):
        if (harmless := plain(name)) != name:
            logs[harmless] = logs.pop(name)


class Log(keras.callbacks.CSVLogger):  # type: ignore[misc]
    """log.csv of a new run. Raises SpecError where it cannot be written."""

    def __init__(self, new: NewRun) -> None:
        super().__init__(os.path.join(new.folder, "log.csv"))
        self.new = new

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """The line of an epoch."""
        with self.new.writing("log.csv"):
            super().on_epoch_end(epoch, logs)


@dataclass(frozen=True, eq=False)
class Session:
    """What training leaves: models with the weights to keep.

    best: the metrics of these weights, if they were measured. best_epoch: the epoch that they are of, from 1; None where they
    are of no whole one. interrupted: the epoch in which Ctrl-C stopped it.
    """

    models: Models
    best: dict[str, float] | None
    best_epoch: int | None
    interrupted: int | None = None


def train_models(
    program: Program,
    fitted: Fitted,
    measured: Callable[[Models], Callable[[], dict[str, float]]],
    new: NewRun,
    *,
    verbose: bool = True,
) -> Session:
    """Builds the models and trains them; the best weights are in them afterwards. Ctrl-C ends it, once an epoch is complete.

    measured: gives the function that measures the models after each epoch. new: where log.csv is written, a line an epoch.
    Keras' progress bar goes to the standard error. Raises SpecError where training diverges, and KeyboardInterrupt before an
    epoch is complete.
    """
    models = build_models(program, fitted.sizes, fitted.counts, fitted.catalogue, fitted.candidate_ids, grouped=True)
    compile_training(program, models)
    options = program.training
    patience = options.patience if options.monitor is not None else None
    validation, log = Validation(measured(models), options.monitor, options.better, patience), Log(new)
    begun = list[int]()
    interrupted = None
    try:
        with contextlib.redirect_stdout(sys.stderr):
            batches = training_batches(program, fitted)
            models.training.fit(
                batches.dataset(),
                epochs=options.epochs,
                shuffle=False,  # they are already, and Keras would warn
                callbacks=[
                    batches,
                    keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: begun.append(epoch + 1)),
                    validation,
                    log,
                    keras.callbacks.LambdaCallback(on_epoch_end=_printable),  # what comes behind it prints
                ],
                verbose=1 if verbose and sys.stderr.isatty() else 2 if verbose else 0,
            )
    except FloatingPointError as error:
        help = ["a smaller learning rate is the first thing to try", "numbers without `standardize` or `log1p` are the second"]
        help += ["or a row that is measured holds a far larger number"] if isinstance(error, NotFiniteError) else []
        raise SpecError([Diagnostic("REC717", None, f"training diverged: {error}", help=help)]) from error
    except KeyboardInterrupt as error:
        interrupted = begun[-1] if begun else 1
        if validation.best_epoch is None:
            raise KeyboardInterrupt(f"stopped in epoch {interrupted}, and there is no run: no epoch was complete") from error
        if verbose:
            print("the run is being finished; Ctrl-C again ends at once", file=sys.stderr, flush=True)
        validation.on_train_end()
    finally:
        if log.csv_file is not None:
            log.csv_file.close()
    best_epoch = None if validation.best_epoch is None else validation.best_epoch + 1
    if interrupted is not None and options.monitor is None:  # steps were made since the last epoch that was measured
        return Session(models, None, None, interrupted)
    return Session(models, validation.best, best_epoch, interrupted)
