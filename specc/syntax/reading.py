"""Files to sources: what can go wrong between a path and a text is a diagnostic, never an exception."""

from __future__ import annotations

import os
import sys

from specc.diagnostics import Diagnostic
from specc.files import NotRegularError, TooLargeError, read_regular, read_within
from specc.limits import MAX_FILE_BYTES
from specc.text import Source, Span


def read_source(
    path: str | os.PathLike[str], name: str | None = None, limit: int = MAX_FILE_BYTES
) -> tuple[Source | None, list[Diagnostic]]:
    """The text of a file, or None and why it cannot be read.

    `name` is how diagnostics call the file, by default its path as given; `Source.path` is the real path. Only regular files
    are read, and no more of them than the limit, so that a device or a pipe cannot hang or fill the process.
    """
    shown = name or os.fspath(path)
    try:
        data = read_regular(path, limit)
    except FileNotFoundError:
        return None, [Diagnostic("REC019", None, f"{shown}: there is no such file")]
    except IsADirectoryError:
        return None, [Diagnostic("REC019", None, f"{shown} is a folder, not a file")]
    except PermissionError:
        return None, [Diagnostic("REC019", None, f"{shown}: no permission to read this file")]
    except NotRegularError:
        return None, [Diagnostic("REC019", None, f"{shown} is not a regular file")]
    except TooLargeError:
        return None, [_too_large(shown, limit)]
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return None, [Diagnostic("REC019", None, f"{shown} cannot be read: {reason}")]
    return decode_source(data, shown, os.path.realpath(path))


def read_standard_input() -> tuple[Source | None, list[Diagnostic]]:
    """The text of standard input, no more of it than of a file."""
    try:
        return decode_source(read_within(sys.stdin.buffer, MAX_FILE_BYTES), "<stdin>")
    except TooLargeError:
        return None, [_too_large("<stdin>", MAX_FILE_BYTES)]


def _too_large(shown: str, limit: int) -> Diagnostic:
    return Diagnostic("REC901", None, f"{shown} has more than {limit:,} bytes, the most that is read")


def decode_source(data: bytes, name: str, path: str | None = None) -> tuple[Source | None, list[Diagnostic]]:
    """The text of some bytes, such as those of standard input: UTF-8; a byte order mark is dropped, line ends become `\\n`."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{name} is not UTF-8: byte {error.start} (0x{data[error.start]:02x}), on line {line}, begins no character"
        # What stands before the byte is a good place to show; the rest of the file may be anything.
        good = normalised(data[: error.start].decode("utf-8"))
        source = Source(name, good, path)
        return None, [Diagnostic("REC020", Span(source, len(good), len(good)), message, help="save the file as UTF-8")]
    text = normalised(text)
    nul = text.find("\0")
    if nul >= 0:
        source = Source(name, text, path)
        line = source.position(nul)[0]
        message = f"{name} holds a NUL character on line {line}: it is not a text file"
        return None, [Diagnostic("REC020", Span(source, nul, nul + 1), message)]
    return Source(name, text, path), []


def normalised(text: str) -> str:
    """A text without a byte order mark, and with every line end as `\\n`."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
