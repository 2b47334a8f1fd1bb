"""Tables that are written some rows at a time, and are there as a whole or not at all."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Any, BinaryIO

import polars as pl
import pyarrow.parquet as pq

from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError
from specc.files import replacing, writing


class Table:
    """A .parquet or .csv file, in which lists are joined by `|`. It takes its place at the end of the `with`, unless that is
    left by an exception.

    Raises SpecError for another suffix, and, then and in all that it does, for a file that cannot be written.
    """

    def __init__(self, out: str) -> None:
        if not out.endswith((".parquet", ".csv")):
            raise SpecError([Diagnostic("REC722", None, f"predictions are written as .parquet or .csv, not as {out}")])
        if "\0" in out:
            raise SpecError([Diagnostic("REC722", None, f"no file is called {out!r}")])
        self.out = out
        self._place = ""
        self._stack = ExitStack()
        self._file: BinaryIO | None = None
        self._writer: Any = None
        self._begun = False

    def append(self, frame: pl.DataFrame) -> None:
        """The next rows: a row group of a Parquet file."""
        with writing(self.out):
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
        """Starts over."""
        with suppress(Exception):
            self._close()
        self._open()

    def _open(self) -> None:
        self._writer, self._begun = None, False
        with writing(self.out):
            self._file = open(self._place, "wb")  # noqa: SIM115  # closed by `_close`

    def _close(self) -> None:
        try:
            if self._writer is not None:
                self._writer.close()
        finally:
            if self._file is not None:
                self._file.close()

    def __enter__(self) -> Table:
        with ExitStack() as stack:
            self._place = stack.enter_context(replacing(self.out))
            stack.push(self._end)
            self._open()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, trace)

    def _end(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with writing(self.out) if error is None else suppress(Exception):
            self._close()
