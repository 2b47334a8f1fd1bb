"""Rows in column files as TensorFlow takes them: where they lie, without a copy."""
# mypy: disable-error-code="misc"

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from specc.run.column_files import ALIGNED, ColumnFile
from specc.runtime.features.batches import Batches, TensorColumn, variable


class MappedColumn(TensorColumn):
    """A stored column: TensorFlow reads the pages of its file that hold the rows of a batch."""

    def __init__(self, stored: ColumnFile) -> None:
        self.stored = stored
        self.rows = len(stored)
        self.length = stored.length
        self.dtype = stored.dtype
        self.values = shared(stored.values)
        self.offsets = None if stored.offsets is None else shared(stored.offsets)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """In memory, of a column that is not ragged."""
        return np.array(self.stored.values, dtype or self.dtype)


def shared(values: Any) -> tf.Variable:
    """A variable in the memory of an array."""
    if not values.size:
        return variable(values)
    assert values.ctypes.data % ALIGNED == 0  # TensorFlow would end the process
    with tf.device("CPU:0"):
        return variable(tf.experimental.dlpack.from_dlpack(values.__dlpack__()))


def columns(arrays: Mapping[str, Any]) -> dict[str, Any]:
    """Arrays as they are, stored columns as Batches take them."""
    return {name: MappedColumn(array) if isinstance(array, ColumnFile) else array for name, array in arrays.items()}


class MappedBatches(Batches):
    """Batches of columns some of which are stored. At each window of rows, the pages of those before it are let go of, so that
    the process holds some windows of rows, however many there are.
    """

    def order(self, chunks: Any, number: Any, last: Any) -> Any:
        """The rows of a window of an epoch, int64 (n,)."""
        rows = super().order(chunks, number, last)
        if not self.stored:
            return rows
        with tf.control_dependencies([tf.numpy_function(self.release, [], [])]):
            return tf.identity(rows)

    @property
    def stored(self) -> list[ColumnFile]:
        """The stored columns."""
        return [one.stored for part in self.parts for one in part.values() if isinstance(one, MappedColumn)]

    def release(self) -> None:
        """Lets go of the pages that were read."""
        for column in self.stored:
            column.release()
