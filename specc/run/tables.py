"""Metrics for people: their names may be those of a run from a stranger."""

from __future__ import annotations

from typing import Any

from specc.diagnostics.display import plain


def plain_names(metrics: Any) -> Any:
    """Metrics, by part and name, with harmless names."""
    return {plain(name): plain_names(value) for name, value in metrics.items()} if isinstance(metrics, dict) else metrics
