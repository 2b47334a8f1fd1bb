"""Metrics: functions of predictions and labels, or of ranks."""

from __future__ import annotations

from specc.targets.target import Target

POINTWISE = ("accuracy", "auc", "logloss", "mae", "rmse")
RANKING = ("average_precision", "mrr", "ndcg", "precision", "recall")
TARGETS = (
    *(Target(f"specc.runtime.metrics.pointwise.{name}", "metric") for name in POINTWISE),
    *(Target(f"specc.runtime.metrics.ranking.{name}", "metric") for name in RANKING),
)
