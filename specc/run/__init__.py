"""From a compiled spec and data to a trained model in a run folder, and back from the folder to metrics and predictions.

    reading -> rows -> encoding, candidates (together: fitting) -> preparing                train, before there is a model
    session -> saving (together: making)                                                    train, from there on
    folders, parts, interrupts                                                              a run is whole, or not there
    streams -> row_cache -> learning, encoded -> column_files -> mapped                     the same for large files, on disk
    runs -> using, predicting                                                               evaluate, predict
    built                                                                                   `specc.build`
    trial                                                                                   `specc cost --measure`
    checking                                                                                `specc check --data`

Only session, forward and what builds on them import TensorFlow, once there is nothing left to report about the data. Functions
are imported when they are first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from specc.run.predicting import predict, write_predictions
    from specc.run.runs import Run
    from specc.run.training import train
    from specc.run.using import evaluate

__all__ = ["Run", "evaluate", "predict", "train", "write_predictions"]

_HOMES = {"Run": "runs", "evaluate": "using", "predict": "predicting", "train": "training", "write_predictions": "predicting"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"specc.run.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'specc.run' has no attribute '{name}'")
