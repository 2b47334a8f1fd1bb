"""Lines of a CSV file that end before a value which has to be there: polars reads what they lack as empty fields."""

import csv
import gzip
import io
from collections.abc import Sequence
from itertools import islice
from typing import IO, Any

from specc.runtime.features.errors import DataError


def check_lines(file: str, needed: int, width: int, *, separator: str, header: bool, rows: int | None = None) -> None:
    """Raises DataError for the first line without a field at the place `needed` (from 0).

    width: fields of the first line. rows: how many rows are looked at.
    """
    with open(file, "rb") as raw:
        if raw.read(4).startswith((b"x\x01", b"x\x9c", b"x\xda", b"\x28\xb5\x2f\xfd")):
            return  # zlib and zstd, which polars reads, too
    if rows is None and not has_short_lines(file, separator, width):
        return
    with open_text(file) as text:
        lines = csv.reader(text, delimiter=separator)
        first: Sequence[str] = ()
        for record in islice(lines, None if rows is None else rows + header):
            first = first or record
            if len(record) <= needed:
                raise short_line(file, lines.line_num, record, first, separator)


def has_short_lines(file: str, separator: str, width: int) -> bool:
    """Whether a file, none of whose lines has more than `width` fields, has one with fewer: of what is in no quotes, the
    separators are counted.
    """
    inside, separators, lines, last = False, 0, 0, b"\n"
    with open_bytes(file) as raw:
        for block in iter(lambda: raw.read(2**20), b""):
            parts = block.split(b'"')
            outside = b"".join(parts[int(inside) :: 2])
            inside ^= len(parts) % 2 == 0
            separators, lines, last = separators + outside.count(separator.encode()), lines + outside.count(b"\n"), block[-1:]
    return separators < (lines + (last != b"\n")) * (width - 1)


def short_line(file: str, number: int, record: Sequence[str], first: Sequence[str], separator: str) -> DataError:
    """The mistake of a line, counted from 1, with fewer fields than the first."""
    if not record:
        return DataError(f"line {number:,} is empty", file=file, help="take it out", kind="table")
    fields = "1 field" if len(record) == 1 else f"{len(record)} fields"
    message = f"line {number:,} ends early: it has {fields}, and the first line {len(first)}"
    help = f"the line reads: {separator.join(record)[:200]}; end it with separators where values are missing"
    return DataError(message, file=file, help=help, kind="table")


def open_bytes(path: str) -> IO[bytes]:
    """What is in a file, unpacked."""
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    opener: Any = gzip.open if packed else open
    opened: IO[bytes] = opener(path, "rb")
    return opened


def open_text(path: str) -> IO[str]:
    """The text of a file, unpacked."""
    return io.TextIOWrapper(open_bytes(path), encoding="utf-8-sig", errors="replace", newline="")
