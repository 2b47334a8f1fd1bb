"""Lines of a CSV file that end before a value which has to be there: polars reads what they lack as empty fields."""

import gzip
from typing import Any

from .errors import DataError


def check_lines(file: str, needed: int, width: int, *, separator: str, header: bool, rows: int | None = None) -> None:
    """Raises DataError for the first line without a field at the place `needed` (from 0; -1 for none).

    width: fields of the first line; none has more. rows: how many rows are looked at.
    """
    with open(file, "rb") as raw:
        if raw.read(4).startswith((b"x\x01", b"x\x9c", b"x\xda", b"\x28\xb5\x2f\xfd")):
            return  # zlib and zstd, which polars reads, too
    if needed < 0 or (rows is None and width > 1 and not has_short_lines(file, separator, width)):
        return
    with open_bytes(file) as raw:
        record, records = b"", 0
        for number, line in enumerate(raw, 1):
            record += line
            if record.count(b'"') % 2:  # a quote is open
                continue
            text = str(record, "utf-8", "replace").removeprefix("\ufeff").rstrip("\r\n")
            fields = "".join(text.split('"')[::2]).count(separator) + 1 if text else 0
            if fields <= needed:
                raise short_line(file, number, text, fields, width)
            record, records = b"", records + 1
            if rows is not None and records == rows + header:
                return


def has_short_lines(file: str, separator: str, width: int) -> bool:
    """Whether a file has a line with fewer fields than `width`, which none has more than: of what is in no quotes, the
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


def short_line(file: str, number: int, text: str, fields: int, width: int) -> DataError:
    """The mistake of a line, the `number`-th (from 1), which has fewer fields than the first."""
    if not text:
        return DataError(f"line {number:,} is empty", file=file, help="take it out", kind="table")
    has = "1 field" if fields == 1 else f"{fields} fields"
    message = f"line {number:,} ends early: it has {has}, and the first line {width}"
    help = f"the line reads: {text[:200]}; end it with separators where values are missing"
    return DataError(message, file=file, help=help, kind="table")


def open_bytes(path: str) -> Any:
    """What is in a file, unpacked, as an open binary file."""
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if packed else open(path, "rb")
