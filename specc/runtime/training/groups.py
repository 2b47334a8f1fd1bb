"""Averages over rows and over groups of rows."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from ..features.grouping import group_codes


def weighted_mean(values: Any, weights: Any) -> float:
    """The mean of the values (rows,) that are not NaN and whose weight is not 0; NaN without any."""
    counts = (weights != 0) & ~np.isnan(values)
    return float(np.average(values[counts], weights=weights[counts])) if counts.any() else float("nan")


def mean_of_groups(score: Callable[[Any], float], frame: pl.DataFrame, by: str, weights: Any) -> float:
    """The mean over the groups of rows with one value of `by` of `score(rows)`, each by the sum of its rows' weights (rows,).

    Rows of weight 0 and rows whose `by` is null are in no group; groups whose score is NaN are left out (Zhu et al. 2017, as
    grouped AUC). NaN without any.
    """
    code = group_codes(frame, by)
    rows = np.flatnonzero((code >= 0) & (weights != 0))
    rows = rows[np.argsort(code[rows], kind="stable")]
    groups = np.split(rows, np.flatnonzero(np.diff(code[rows])) + 1) if len(rows) else []
    scores = np.array([score(group) for group in groups])
    return weighted_mean(scores, np.array([weights[group].sum() for group in groups]))
