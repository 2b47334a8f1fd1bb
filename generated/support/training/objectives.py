"""What a loss learns from each row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..features.errors import DataError
from .counting import label_values, row_weights


@dataclass(frozen=True)
class Objective:
    """The target of a loss: a label, or the id of a candidate.

    label: a number or truth value; a row where it is null does not count. None for a retrieval loss.
    where: which rows count besides.
    row_weight: how much, at least 0.
    candidate: of a retrieval loss, the feature whose id in a row is the one to be found.
    first: the lowest id that is in vocabulary.
    candidates: the ids that can be found, (n,); all from `first` on when not given.
    """

    label: pl.Expr | None = None
    where: pl.Expr | None = None
    row_weight: pl.Expr | None = None
    candidate: str | None = None
    first: int = 1
    candidates: Any = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if (self.label is None) == (self.candidate is None):
            raise ValueError("an objective has a label or a candidate")


def targets(
    frame: pl.DataFrame, objectives: Mapping[str, Objective], inputs: Mapping[str, Any]
) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[np.float32]]]:
    """Targets and weights (rows,) by loss, for rows and what `Features.encode` made of them.

    A label is float32, 0 in rows that do not count. A candidate is int32, -1 in rows that do not count or whose id is none.
    Weights are float32, 0 in these rows. Raises DataError for a weight that is null, negative or infinite.
    """
    labels = dict[str, NDArray[Any]]()
    weights = dict[str, NDArray[np.float32]]()
    for name, objective in objectives.items():
        weight = row_weights(frame, objective.label, objective.where, objective.row_weight)
        if objective.candidate is not None:
            ids = inputs[objective.candidate]
            known = ids >= objective.first if objective.candidates is None else np.isin(ids, objective.candidates)
            weight = np.where(known, weight, 0.0)
            labels[name] = np.where(weight > 0, ids, -1).astype("int32")
        elif objective.label is not None:
            labels[name] = np.where(weight > 0, label_values(frame, objective.label), 0.0).astype("float32")
        weights[name] = weight.astype("float32")
    return labels, weights


def check_taught(weights: Mapping[str, Any]) -> None:
    """Raises DataError for a loss without a row that counts; weights (rows,) of all training rows, by loss."""
    for name, weight in weights.items():
        if not weight.any():
            help = "look at its `where=`, and whether its label or candidate is there"
            raise DataError(f"no training row counts for the loss `{name}`", kind="rows", help=help)
