"""Metrics as a table for people."""

from __future__ import annotations

import math
from collections.abc import Mapping

from specc.diagnostics.display import plain


def metrics_table(columns: Mapping[str, Mapping[str, float]]) -> str:
    """One line a metric, one column a part; `-` where a column has none. The names may be those of a run from a stranger."""
    names = list(dict.fromkeys(name for column in columns.values() for name in column))
    rows = [
        ["", *map(plain, columns)],
        *([plain(name), *(_number(column.get(name)) for column in columns.values())] for name in names),
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return "nan" if math.isnan(value) else f"{value:.4f}"
