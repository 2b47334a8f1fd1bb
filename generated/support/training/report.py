"""Metrics as tables for people."""

import math
from collections.abc import Mapping
from typing import Any


def report(metrics: Mapping[str, Any]) -> str:
    """Metrics by part, `popularity` (the baseline, by part) and `gates` (weights, by part), as tables."""
    parts = {name: values for name, values in metrics.items() if name not in ("popularity", "gates")}
    columns: dict[str, Mapping[str, float]] = {}
    for name, values in parts.items():
        title = "training rows, for nothing is held out" if name == "all" else name
        columns[title] = values
        if any(metrics.get("popularity", {}).get(name, {})):
            columns[f"popularity, {name}"] = metrics["popularity"][name]
    text = metrics_table(columns)
    if any(metrics.get("gates", {}).values()):
        text += "\n\n" + metrics_table(metrics["gates"])
    return text


def metrics_table(columns: Mapping[str, Mapping[str, float]]) -> str:
    """One line a metric, one column a part; `-` where a column has none."""
    names = list(dict.fromkeys(name for column in columns.values() for name in column))
    rows = [["", *columns], *([name, *(number(column.get(name)) for column in columns.values())] for name in names)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def number(value: float | None) -> str:
    """A metric with four decimals."""
    if value is None:
        return "-"
    return "nan" if math.isnan(value) else f"{value:.4f}"
