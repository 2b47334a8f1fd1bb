"""Files to sources: what can go wrong between a path and a text is a diagnostic, never an exception."""

from __future__ import annotations

import os
import stat

from specc.diagnostics import Diagnostic
from specc.limits import MAX_FILE_BYTES
from specc.text import Source, Span


def read_source(path: str | os.PathLike[str], name: str | None = None) -> tuple[Source | None, list[Diagnostic]]:
    """The text of a file, or None and why it cannot be read.

    `name` is how diagnostics call the file, by default its path as given; `Source.path` is the real path. Only regular files
    are read, and no more of them than the limit, so that a device or a pipe cannot hang or fill the process.
    """
    shown = name or os.fspath(path)
    try:
        data, real = _read(path)
    except FileNotFoundError:
        return None, [Diagnostic("REC019", None, f"{shown}: there is no such file")]
    except IsADirectoryError:
        return None, [Diagnostic("REC019", None, f"{shown} is a folder, not a file")]
    except PermissionError:
        return None, [Diagnostic("REC019", None, f"{shown}: no permission to read this file")]
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return None, [Diagnostic("REC019", None, f"{shown} cannot be read: {reason}")]
    if data is None:
        return None, [Diagnostic("REC019", None, f"{shown} is not a regular file")]
    if len(data) > MAX_FILE_BYTES:
        return None, [Diagnostic("REC901", None, f"{shown} has more than {MAX_FILE_BYTES:,} bytes, the most that is read")]
    return decode_source(data, shown, real)


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


def _read(path: str | os.PathLike[str]) -> tuple[bytes | None, str]:
    """At most one byte more than the limit, and the real path; None for what is no regular file."""
    # O_NONBLOCK: opening a named pipe would otherwise wait for a writer.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as file:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError
        if not stat.S_ISREG(mode):
            return None, ""
        return file.read(MAX_FILE_BYTES + 1), os.path.realpath(path)
