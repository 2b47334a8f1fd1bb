"""Encoded rows, some at a time, as networks take them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from specc.run.column_files import ColumnFile
from specc.runtime.features.ragged import Ragged

AT_ONCE = 8192  # rows


def in_blocks(inputs: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Encoded rows as a network takes them, `AT_ONCE` rows at a time."""
    rows = len(next(iter(inputs.values())))
    for start in range(0, rows, AT_ONCE):
        found = {name: some_rows(array, slice(start, min(start + AT_ONCE, rows))) for name, array in inputs.items()}
        yield {name: array.padded(slice(None)) if isinstance(array, Ragged) else array for name, array in found.items()}
        for array in inputs.values():
            if isinstance(array, ColumnFile):
                array.release()


def some_rows(array: Any, rows: slice) -> Any:
    """Some rows of a column in memory: an array, or Ragged."""
    if not isinstance(array, ColumnFile):
        return array[rows]
    if array.offsets is None:
        return np.array(array.values[rows], array.dtype)
    offsets = np.array(array.offsets[rows.start : rows.stop + 1])
    return Ragged(np.array(array.values[offsets[0] : offsets[-1]], array.dtype), offsets - offsets[0], array.length)
