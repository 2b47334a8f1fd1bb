"""Metrics of predictions one by one. Rows of weight 0 are not looked at; without a row that counts the result is NaN."""

from typing import Any

import numpy as np
from sklearn.metrics import log_loss, mean_absolute_error, roc_auc_score, root_mean_squared_error


def counted(labels: Any, predictions: Any, weights: Any) -> tuple[Any, Any, Any]:
    """Labels, predictions and weights of the rows whose weight is not 0, each float64 (rows,).

    Raises:
        ValueError: lengths that differ.
    """
    labels = np.asarray(labels, "float64").reshape(-1)
    predictions = np.asarray(predictions, "float64").reshape(-1)
    weights = np.ones(len(labels)) if weights is None else np.asarray(weights, "float64").reshape(-1)
    if not len(labels) == len(predictions) == len(weights):
        raise ValueError(f"{len(labels)} labels, {len(predictions)} predictions, {len(weights)} weights do not belong together")
    rows = weights != 0
    return labels[rows], predictions[rows], weights[rows]


def auc(labels: Any, predictions: Any, weights: Any = None) -> float:
    """The area under the ROC curve of labels 0 and 1: how often a positive is above a negative, ties half.

    NaN if only one of the two classes occurs.
    """
    labels, predictions, weights = counted(labels, predictions, weights)
    if len(np.unique(labels)) < 2:
        return float("nan")
    return float(roc_auc_score(labels, predictions, sample_weight=weights))


def logloss(labels: Any, predictions: Any, weights: Any = None) -> float:
    """The mean of -log of the probability given to the label, 0 or 1; float64's epsilon keeps probabilities off 0 and 1."""
    labels, predictions, weights = counted(labels, predictions, weights)
    if not len(labels):
        return float("nan")
    return float(log_loss(labels, predictions, sample_weight=weights, labels=[0, 1]))


def accuracy(labels: Any, predictions: Any, weights: Any = None) -> float:
    """The share of rows whose probability is above 0.5 just when the label, 0 or 1, is 1, as Keras' BinaryAccuracy counts."""
    labels, predictions, weights = counted(labels, predictions, weights)
    return float(np.average((predictions > 0.5) == (labels == 1), weights=weights)) if len(labels) else float("nan")


def rmse(labels: Any, predictions: Any, weights: Any = None) -> float:
    """The root of the mean squared error."""
    labels, predictions, weights = counted(labels, predictions, weights)
    return float(root_mean_squared_error(labels, predictions, sample_weight=weights)) if len(labels) else float("nan")


def mae(labels: Any, predictions: Any, weights: Any = None) -> float:
    """The mean absolute error."""
    labels, predictions, weights = counted(labels, predictions, weights)
    return float(mean_absolute_error(labels, predictions, sample_weight=weights)) if len(labels) else float("nan")
