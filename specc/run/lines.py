"""What is wrong with the lines of a CSV file: told as the line that it is, and not as what the reader stumbled over."""

from __future__ import annotations

import codecs
import csv
import io
import re
import shlex
import zlib
from collections.abc import Iterator
from typing import IO, Any

from specc.run.reading import CSV, Source
from specc.runtime.features.errors import DataError
from specc.runtime.features.lines import open_bytes


def explained(errors: list[DataError], source: Source) -> list[DataError]:
    """The mistakes that were found in a table, those that come from one broken line or file as one."""
    if source.target != CSV:
        return errors
    found: dict[object, DataError] = {}
    for error in errors:
        cause = _cause(error, source.options)
        found.setdefault((error.file, error.row) if cause else id(error), cause or error)
    return list(found.values())


def _cause(error: DataError, options: dict[str, Any]) -> DataError | None:
    if error.file is None or error.kind not in ("table", "column", "type"):
        return None
    try:
        cause = bad_encoding(error.file, whole=error.kind == "table")
        if cause is None and error.kind == "table" and "is no CSV table" in error.message:
            cause = bad_line(error.file, options)
        return cause
    except (OSError, EOFError, zlib.error, ValueError, csv.Error, StopIteration):
        return None


def bad_encoding(path: str, whole: bool = True) -> DataError | None:
    """What keeps a file, or its first line, from being UTF-8: the line of the first byte that is none; None where it is."""
    with open_bytes(path) as file:
        binary = re.search(rb"[\x00-\x08\x0e-\x1f]", file.read(512))
        file.seek(0)
        for number, line in enumerate(file, 1):
            if number == 1 and (line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in line[:2]):
                help = f"write it anew: {_recoded(path, 'UTF-16')}"
                return DataError("is in UTF-16, where a CSV file is read as UTF-8", file=path, help=help, kind="table")
            try:
                line.decode()
            except UnicodeDecodeError as error:
                message = f"line {number:,} is no UTF-8: its byte {error.start + 1} is 0x{line[error.start]:02x}"
                help = f"if it is Latin-1, write it anew: {_recoded(path, 'LATIN1')}"
                if binary:
                    help = "is it a CSV file? it holds bytes that no text has"
                return DataError(message, file=path, help=help, kind="table")
            if not whole:
                break
    return None


def _recoded(path: str, encoding: str) -> str:
    """A command that makes UTF-8 of a file."""
    name, command = shlex.quote(path), f"iconv -f {encoding} -t UTF-8"
    return f"`zcat {name} | {command} > utf8.csv`" if path.endswith(".gz") else f"`{command} {name} > utf8.csv`"


def bad_line(path: str, options: dict[str, Any]) -> DataError | None:
    """The first line of a CSV file that has more fields than the first, or a stray quote; None where there is none."""
    separator = options.get("separator", ",")
    raw = list[str]()  # the lines of a record
    with io.TextIOWrapper(open_bytes(path), encoding="utf-8-sig", newline="") as file:
        records = csv.reader(_kept(file, raw), delimiter=separator, strict=True)
        first: list[str] | None = None
        try:
            for record in records:
                # Polars tells by quotes where a line ends, also by those inside a field that is in none.
                if "".join(raw).count('"') % 2:
                    return _stray(path, records.line_num - len(raw), raw, separator)
                first = first or record
                if len(record) > len(first):
                    start = records.line_num - len(raw) + 1
                    message = f"line {start:,} has {_fields(record)}, and the first line {len(first)}"
                    help = f'the line reads: {raw[0].rstrip()[:200]}; put a value that holds `{separator}` in `"`'
                    return DataError(message, file=path, help=help, kind="table")
                raw.clear()
        except csv.Error:
            return _stray(path, records.line_num - len(raw), raw, separator)
    return None


def _kept(lines: IO[str], kept: list[str]) -> Iterator[str]:
    for line in lines:
        kept.append(line)
        yield line


def _stray(path: str, before: int, raw: list[str], separator: str) -> DataError:
    """The field of a record, which comes after so many lines, whose quotes do not match."""
    text = "".join(raw)
    end, at = re.escape(separator) + r"|\r|\n|\Z", 0
    whole = re.compile(rf'(?:"(?:[^"]|"")*"|(?!")(?:(?!{end})[^"])*)(?:{end})')  # a field and what ends it
    while (match := whole.match(text, at)) and match.end() < len(text):
        at = match.end()
    at = text.index('"', at)
    number = before + text.count("\n", 0, at) + 1
    line = raw[text.count("\n", 0, at)].rstrip()
    help = f'the line reads: {line[:200]}; a field with a quote in it is written `"like ""this"""`'
    message = f'line {number:,} has a stray `"`: it opens or closes no field'
    if text[:at].endswith(("\n", separator)) or at == 0:
        message = f"line {number:,} opens a quote that is not closed before a `{separator}` or the end of a line"
    return DataError(message, file=path, help=help, kind="table")


def _fields(record: list[str]) -> str:
    return "1 field" if len(record) == 1 else f"{len(record)} fields"
