"""What the metrics of this folder call."""

from __future__ import annotations

from typing import Any

import numpy as np

from specc.runtime.metrics.pointwise import counted
from specc.runtime.metrics.ranking import hits


def brier(labels: Any, predictions: Any, weights: Any = None, *, power: float = 2.0) -> float:
    """The mean of |p - y| ** power."""
    labels, predictions, weights = counted(labels, predictions, weights)
    return float(np.average(np.abs(predictions - labels) ** power, weights=weights))


def missed(ranks: Any, k: int) -> Any:
    """1 where a row's positive is not among the best k, (rows,)."""
    return 1 - hits(ranks, k)
