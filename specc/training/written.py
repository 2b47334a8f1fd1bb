"""Tables that are written some rows at a time, and are there as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, BinaryIO

import polars as pl
import pyarrow.parquet as pq

from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError


class Table:
    """A .parquet or .csv file, in which lists are joined by `|`. It is written beside its place, under another name, and put
    there at the end of the `with`, unless that is left by an exception.

    Raises SpecError for another suffix, and, then and in all that it does, for a file that cannot be written.
    """

    def __init__(self, out: str) -> None:
        if not out.endswith((".parquet", ".csv")):
            raise SpecError([Diagnostic("REC722", None, f"predictions are written as .parquet or .csv, not as {out}")])
        if "\0" in out:
            raise SpecError([Diagnostic("REC722", None, f"no file is called {out!r}")])
        self.out = out
        self._file: BinaryIO | None = None
        self._writer: Any = None
        self._begun = False
        self._made = ""

    def append(self, frame: pl.DataFrame) -> None:
        """The next rows: a row group of a Parquet file."""
        with told_out(self.out):
            if self.out.endswith(".csv"):
                lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
                text = frame.with_columns(pl.col(name).cast(pl.List(pl.String)).list.join("|") for name in lists)
                text.write_csv(self._file, include_header=not self._begun)
            else:
                rows = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
                if self._writer is None:
                    self._writer = pq.ParquetWriter(self._file, rows.schema, compression="zstd")
                self._writer.write_table(rows)
        self._begun = True

    def clear(self) -> None:
        """Begins anew."""
        with suppress(Exception):
            self._close()
        self._open()

    def _open(self) -> None:
        self._writer, self._begun = None, False
        with told_out(self.out):
            if os.path.isdir(self.out):
                raise IsADirectoryError(21, "Is a directory")
            if not self._made:
                folder, name = os.path.split(os.path.realpath(self.out))
                number, self._made = tempfile.mkstemp(prefix=f".{name}-", suffix=".part", dir=folder)
                os.close(number)
                os.chmod(self._made, _mode(self.out))
            self._file = open(self._made, "wb")  # noqa: SIM115  # closed by `_close`

    def _close(self) -> None:
        try:
            if self._writer is not None:
                self._writer.close()
        finally:
            if self._file is not None:
                self._file.close()

    def __enter__(self) -> Table:
        self._open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if error is None:
                with told_out(self.out):
                    self._close()
                    os.replace(self._made, os.path.realpath(self.out))
            else:
                with suppress(Exception):
                    self._close()
        finally:
            with suppress(OSError):
                os.remove(self._made)


def _mode(path: str) -> int:
    """The permissions of a file, or of a new one."""
    with suppress(OSError):
        return os.stat(path).st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


@contextmanager
def told_out(out: str) -> Iterator[None]:
    """Turns a file that cannot be written into a SpecError."""
    try:
        yield
    except OSError as error:
        raise SpecError([Diagnostic("REC722", None, f"cannot write {out}: {error}")]) from error
