"""Encoded rows on disk: Arrow files, a column each, that are mapped into memory when they are read.

A file holds one array in one record batch: uncompressed, its values at a multiple of 64 bytes, so that NumPy and TensorFlow use
them where they lie. A ragged column is two files, of values and of offsets. https://arrow.apache.org/docs/format/Columnar.html
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from specc.run.scratch import keeping
from specc.runtime.features.ragged import Ragged

ALIGNED = 64  # bytes: what TensorFlow wants of a tensor


@dataclass(frozen=True, eq=False)
class ColumnFile:
    """A column of a store: (rows,), (rows, n), or ragged rows.

    values: as they lie in the file, ids in the narrowest whole number. dtype: what a model takes them as. offsets: int64
    (rows + 1,) of ragged rows; length: as of a Ragged. maps: the mappings that the arrays are views of.
    """

    values: Any
    dtype: Any
    offsets: Any = None
    length: int | None = None
    maps: tuple[mmap.mmap, ...] = field(default=(), repr=False)

    def __len__(self) -> int:
        return len(self.values) if self.offsets is None else len(self.offsets) - 1

    def release(self) -> None:
        """Lets go of the pages that were read; they are read again, from the system's cache, when they are needed."""
        if hasattr(mmap, "MADV_DONTNEED"):
            for one in self.maps:
                one.madvise(mmap.MADV_DONTNEED)

    def array(self) -> Any:
        """A copy in memory, as the encoders made it."""
        values = np.array(self.values, self.dtype)
        return values if self.offsets is None else Ragged(values, np.array(self.offsets), self.length)


class Store:
    """Takes encoded rows in chunks; `close` gives the columns.

    sizes: how many ids a column has, by name, which tells how narrow they can be held.
    """

    def __init__(self, folder: str, sizes: Mapping[str, int]) -> None:
        self.folder = folder
        self.sizes = sizes
        self.columns: dict[str, _Column] = {}

    def append(self, arrays: Mapping[str, Any]) -> None:
        """The next rows of each column: arrays or Ragged. Raises SpecError for a full disk."""
        with keeping(self.folder):
            for name, array in arrays.items():
                if name not in self.columns:
                    place = os.path.join(self.folder, str(len(self.columns)))  # not every name is one of a file
                    self.columns[name] = _Column(place, array, self.sizes.get(name))
                self.columns[name].append(array)

    def close(self) -> dict[str, ColumnFile]:
        """The columns, mapped. Raises SpecError for a full disk."""
        with keeping(self.folder):
            return {name: column.close() for name, column in self.columns.items()}


class _Column:
    def __init__(self, path: str, first: Any, size: int | None) -> None:
        self.ragged = isinstance(first, Ragged)
        self.length = first.length if isinstance(first, Ragged) else None
        values = first.values if isinstance(first, Ragged) else first
        self.dtype = values.dtype
        self.shape = values.shape[1:]
        self.values = _File(f"{path}.values", _narrowest(values.dtype, size))
        self.offsets = _File(f"{path}.offsets", np.dtype(np.int64)) if self.ragged else None
        self.total = 0

    def append(self, array: Any) -> None:
        if self.offsets is None:
            self.values.write(array)
            return
        if self.offsets.count == 0:
            self.offsets.write(np.zeros(1, np.int64))
        self.offsets.write(array.offsets[1:] + (self.total - array.offsets[0]))
        self.values.write(array.values)
        self.total += len(array.values)

    def close(self) -> ColumnFile:
        values, *maps = self.values.close()
        offsets = None
        if self.offsets is not None:
            offsets, *more = self.offsets.close()
            maps += more
        return ColumnFile(values.reshape(-1, *self.shape), self.dtype, offsets, self.length, tuple(maps))


def _narrowest(dtype: np.dtype[Any], size: int | None) -> np.dtype[Any]:
    """Of whole numbers 0 to size - 1. TensorFlow takes rows of 8 and 16 bits without a sign, and of 32 with one."""
    narrow = np.min_scalar_type(max(size - 1, 0)) if size is not None and dtype.kind == "i" else dtype
    return narrow if narrow.itemsize < dtype.itemsize else dtype


class _File:
    """The values of a column: appended as they are, then made an Arrow file, whose head says how many there are."""

    def __init__(self, path: str, dtype: np.dtype[Any]) -> None:
        self.path = path
        self.dtype = dtype
        self.count = 0
        self.file: BinaryIO = open(f"{path}.raw", "wb")  # noqa: SIM115  # closed by `close`

    def write(self, values: Any) -> None:
        self.file.write(np.ascontiguousarray(values, self.dtype).data)
        self.count += values.size

    def close(self) -> tuple[Any, ...]:
        """The array, and the mapping that it is a view of."""
        self.file.close()
        if self.count == 0:  # there is no mapping of nothing
            return (np.zeros(0, self.dtype),)
        raw = np.memmap(f"{self.path}.raw", self.dtype, mode="r")
        write_arrow(f"{self.path}.arrow", raw)
        del raw
        os.remove(f"{self.path}.raw")
        return map_arrow(f"{self.path}.arrow")


def write_arrow(path: str, values: Any) -> None:
    """An Arrow file of one column, `values`, of values (n,), n > 0, which lie at a multiple of 64 bytes."""
    kind = pa.from_numpy_dtype(values.dtype)
    array = pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)])
    head = pa.array(np.ones(1, values.dtype))  # the head is as long whatever the number of values
    for pad in range(0, 2 * ALIGNED, 8):
        schema = pa.schema([pa.field("values", kind, nullable=False)], metadata={"pad": " " * pad})
        probe = pa.BufferOutputStream()
        _write(probe, schema, head)
        if _place(probe.getvalue()) % ALIGNED == 0:
            with pa.OSFile(path, "wb") as file:
                _write(file, schema, array)
            return
    raise AssertionError("no head of an Arrow file ends at a multiple of 64 bytes")


def _write(sink: Any, schema: Any, array: Any) -> None:
    with pa.ipc.new_file(sink, schema) as writer:
        writer.write_batch(pa.record_batch([array], schema=schema))


def _place(buffer: Any) -> int:
    """Where the values begin in the bytes of a file."""
    (values,) = pa.ipc.open_file(buffer).get_batch(0).columns
    return int(values.buffers()[1].address - buffer.address)


def map_arrow(path: str) -> tuple[Any, mmap.mmap]:
    """The values of such a file, (n,), and their mapping. The file loses its name where the system allows that, and its room
    when it is let go of: so nothing stays, however the process ends.
    """
    with open(path, "r+b") as file:
        # Copy on write: nobody writes, but TensorFlow takes no memory that it may not write to.
        mapping = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    buffer = pa.py_buffer(mapping)
    (column,) = pa.ipc.open_file(buffer).get_batch(0).columns
    values = np.frombuffer(mapping, column.type.to_pandas_dtype(), len(column), _place(buffer))
    with suppress(OSError):
        os.remove(path)
    return values, mapping
