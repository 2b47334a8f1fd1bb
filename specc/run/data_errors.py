"""Mistakes in data as diagnostics, on the words of the spec that they contradict."""

from __future__ import annotations

import os
import re

from specc.diagnostics import Diagnostic, Note
from specc.run.readers import reader_of_path, record_of
from specc.run.source_map import SourceMap
from specc.runtime.features.errors import DataError
from specc.text import Span

CODES = {
    "file": "REC701",
    "table": "REC702",
    "column": "REC703",
    "type": "REC704",
    "null": "REC705",
    "range": "REC706",
    "events": "REC707",
    "rows": "REC708",
    "split": "REC709",
    "key": "REC710",
    "fit": "REC711",
    "weight": "REC712",
    "candidates": "REC713",
}

MISSING = {"na", "n/a", "#n/a", "nan", "null", "none", "nil", "?", "-", "--", ".", "\\n", "missing", "unknown"}


def diagnose(error: DataError, places: SourceMap, table: str | None = None, span: Span | None = None) -> Diagnostic:
    """The diagnostic of a mistake in data. table: the schema whose data were being read. span: the words that it contradicts,
    where it names no column.
    """
    file = _short(error.file) if error.file else None
    place = f"row {error.row:,}" if error.row else ""
    if file:
        place = f"{place} of {file}" if place else file
    reader = places.source(table)
    span = places.column(error.column) or span or places.choice(error.kind) or reader
    subject = f"column `{error.column}`" if error.column and error.kind != "column" else ""
    parts = [part for part in (subject, place) if part]
    message = f"{', '.join(parts)}: {error.message}" if parts else error.message
    notes = [Note(reader, "read here")] if reader is not None and span is not reader else []
    return Diagnostic(CODES[error.kind], span, message, notes=notes, help=error.help or _null(error) or ())


def _null(error: DataError) -> str | None:
    """What to write where a value of a CSV file looks like one that stands for a missing value."""
    found = re.match(r"`(.*?)` is not an? (int|float|bool|time)\b", error.message)
    if found is None or found[1].lower() not in MISSING or not error.file or not _takes_null(error.file):
        return None
    value = found[1].replace("\\", "\\\\")
    return f'if it stands for a missing value, write `csv(..., null="{value}")`, and `{found[2]}?` for the column'


def _takes_null(file: str) -> bool:
    """Whether what reads a file knows how missing values are written."""
    return "null" in record_of(reader_of_path(file).target).arguments


def _short(file: str) -> str:
    """A path as it is seen from the working directory, where it is below that."""
    near = os.path.relpath(file)
    return file if near.startswith("..") else near
