"""What is wrong with the lines of a CSV file: told as the line that it is, and not as what the reader stumbled over."""

import codecs
import csv
import io
import re
import shlex
import zlib
from collections.abc import Iterator
from typing import IO, Any

from .errors import DataError
from .lines import open_bytes


def cause_of(error: DataError, *, separator: str = ",", **options: Any) -> DataError | None:
    """The mistake in a file that is behind one that reading it met: an encoding that is not UTF-8, or a broken line. None where
    there is none, or another one. options: other arguments of `read_csv`.
    """
    if error.file is None or error.kind not in ("table", "column", "type"):
        return None
    try:
        cause = bad_encoding(error.file, whole=error.kind == "table")
        if cause is None and error.kind == "table" and "is not a CSV table" in error.message:
            cause = bad_line(error.file, separator)
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
                help = f"rewrite it: {recoded(path, 'UTF-16')}"
                return DataError("is in UTF-16, where a CSV file is read as UTF-8", file=path, help=help, kind="table")
            try:
                line.decode()
            except UnicodeDecodeError as error:
                message = f"line {number:,} is not UTF-8: its byte {error.start + 1} is 0x{line[error.start]:02x}"
                help = f"if it is Latin-1, rewrite it: {recoded(path, 'LATIN1')}"
                if binary:
                    help = "is it a CSV file? it holds bytes that no text has"
                return DataError(message, file=path, help=help, kind="table")
            if not whole:
                break
    return None


def recoded(path: str, encoding: str) -> str:
    """A command that makes UTF-8 of a file."""
    name, command = shlex.quote(path), f"iconv -f {encoding} -t UTF-8"
    return f"`zcat {name} | {command} > utf8.csv`" if path.endswith(".gz") else f"`{command} {name} > utf8.csv`"


def bad_line(path: str, separator: str) -> DataError | None:
    """The first line of a CSV file that has more fields than the first, or a stray quote; None where there is none."""
    raw = list[str]()  # the lines of a record
    with io.TextIOWrapper(open_bytes(path), encoding="utf-8-sig", newline="") as file:
        records = csv.reader(kept_lines(file, raw), delimiter=separator, strict=True)
        first: list[str] | None = None
        try:
            for record in records:
                # Polars tells by quotes where a line ends, also by those inside a field that is in none.
                if "".join(raw).count('"') % 2:
                    return stray_quote(path, records.line_num - len(raw), raw, separator)
                first = first or record
                if len(record) > len(first):
                    start = records.line_num - len(raw) + 1
                    message = f"line {start:,} has {count_of_fields(record)}, and the first line {len(first)}"
                    help = f'the line reads: {raw[0].rstrip()[:200]}; put a value that holds `{separator}` in `"`'
                    return DataError(message, file=path, help=help, kind="table")
                raw.clear()
        except csv.Error:
            return stray_quote(path, records.line_num - len(raw), raw, separator)
    return None


def kept_lines(lines: IO[str], kept: list[str]) -> Iterator[str]:
    """The lines, each kept in a list besides."""
    for line in lines:
        kept.append(line)
        yield line


def stray_quote(path: str, before: int, raw: list[str], separator: str) -> DataError:
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


def count_of_fields(record: list[str]) -> str:
    """In words."""
    return "1 field" if len(record) == 1 else f"{len(record)} fields"
