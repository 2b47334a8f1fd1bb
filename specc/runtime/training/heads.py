"""Metrics of heads, exactly: predictions against labels."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from .counting import label_values, row_weights
from .groups import mean_of_groups
from .measures import Measure
from .prediction import predict


def evaluate_heads(
    model: Any, frame: pl.DataFrame, inputs: Mapping[str, Any], measures: Mapping[str, Measure]
) -> dict[str, float]:
    """As `evaluate`, for a model that only has metrics of heads."""
    predictions = predict(model, inputs)
    return {name: pointwise_metric(frame, measure, predictions[measure.output]) for name, measure in measures.items()}


def pointwise_metric(frame: pl.DataFrame, measure: Measure, predictions: Any) -> float:
    """A metric of predictions (rows,) or (rows, 1) against labels."""
    assert measure.label is not None
    labels = label_values(frame, measure.label)
    weights = row_weights(frame, measure.label, measure.where, measure.row_weight)
    predictions = predictions.reshape(-1)
    if measure.by is None:
        return float(measure.function(labels, predictions, weights))
    return mean_of_groups(
        lambda rows: float(measure.function(labels[rows], predictions[rows], weights[rows])), frame, measure.by, weights
    )
