"""Lines of CSV files that end before all fields were there: one mistake, though a value is missing in each column behind it."""

from __future__ import annotations

import csv
import gzip
import zlib
from typing import IO, Any

from specc.runtime.features.errors import DataError
from specc.training.reading import CSV, Source


def with_short_lines(errors: list[DataError], source: Source) -> list[DataError]:
    """The mistakes that were found in a table, those of one short line as one."""
    if source.target != CSV:
        return errors
    found: dict[object, DataError] = {}
    for error in errors:
        short = short_line(error, source.options)
        found.setdefault((error.file, error.row) if short else id(error), short or error)
    return list(found.values())


def short_line(error: DataError, options: dict[str, Any]) -> DataError | None:
    """What a missing value in a CSV file comes from, if its line has fewer fields than the first; else None."""
    if error.kind != "null" or error.file is None or error.row is None:
        return None
    header = options.get("header", True)
    try:
        with _text(error.file) as file:
            lines = csv.reader(file, delimiter=options.get("separator", ","))
            record = first = next(lines)
            for _ in range(error.row - (not header)):
                record = next(lines)
            number = lines.line_num
    except (OSError, EOFError, zlib.error, UnicodeError, csv.Error, StopIteration):
        return None
    if len(record) >= len(first):
        return None
    if not record:
        return DataError(f"line {number:,} is empty", file=error.file, help="take it out", kind="table")
    fields = "1 field" if len(record) == 1 else f"{len(record)} fields"
    message = f"line {number:,} ends early: it has {fields}, and the first line {len(first)}"
    text = options.get("separator", ",").join(record)
    help = f"the line reads: {text[:200]}; end it with separators where values are missing"
    return DataError(message, file=error.file, help=help, kind="table")


def _text(path: str) -> IO[str]:
    if path.endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return open(path, encoding="utf-8-sig", newline="")
