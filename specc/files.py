"""Files that are written as a whole or not at all, and read only when they end; and what the system says against it."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from io import BufferedReader
from typing import BinaryIO

from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError


class NotRegularError(OSError):
    """A device, a pipe or a socket, which may never end."""


class TooLargeError(OSError):
    """A file of more bytes than are read."""


def open_regular(path: str | os.PathLike[str]) -> BufferedReader:
    """A regular file to be read: what else a path may name could hang or fill the process. Raises OSError, and ValueError for
    a NUL in the path.
    """
    # O_NONBLOCK: opening a named pipe would otherwise wait for a writer.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        raise NotRegularError(errno.EINVAL, "it is not a regular file")
    return open(descriptor, "rb")


def read_regular(path: str | os.PathLike[str], limit: int) -> bytes:
    """All bytes of a regular file. Raises what `open_regular` does, also for one of more than `limit` bytes."""
    with open_regular(path) as file:
        return read_within(file, limit)


def read_within(file: BinaryIO, limit: int) -> bytes:
    """What is left of a file, such as standard input. Raises TooLargeError for more than `limit` bytes."""
    data = file.read(limit + 1)
    if len(data) > limit:
        raise TooLargeError(errno.EFBIG, f"it has more than {limit:,} bytes, the most that is read")
    return data


@contextmanager
def file_errors_as_diagnostics(doing: str, help: Sequence[str] = ()) -> Iterator[None]:
    """Turns what the system says against a use of files into a SpecError: "cannot write x: No space left on device"."""
    try:
        yield
    except (SpecError, BrokenPipeError):
        raise
    except Exception as error:
        reason = system_reason(error)
        if reason is None:
            raise
        raise SpecError([Diagnostic("REC722", None, f"cannot {doing}: {reason}", help=list(help))]) from error


def system_reason(error: Exception) -> str | None:
    """What the system said, of its own error or of a library's that quotes the number, as h5py and polars do; else None."""
    number = re.search(r"errno = (\d+)|os error (\d+)", str(error))
    if number:
        return os.strerror(int(number[1] or number[2]))
    return error.strerror or str(error) if isinstance(error, OSError) else None


def writing(path: str) -> AbstractContextManager[None]:
    """`file_errors_as_diagnostics` for a file or folder that is written."""
    return file_errors_as_diagnostics(f"write {path}")


@contextmanager
def replacing(path: str) -> Iterator[str]:
    """Where to write a file so that it takes the place of `path` at the end, as a whole or not at all; what is not a file, a
    device or a pipe, is written to directly. Raises SpecError for a place that cannot be written.
    """
    if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
        with writing(path):
            yield path
        return
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    # Beside it, for a rename stays within a file system; with its suffix, by which Keras knows a format.
    made = os.path.join(folder, f".specc-{os.urandom(4).hex()}{os.path.splitext(path)[1][-20:]}")
    try:
        with writing(path):
            if os.path.isdir(path):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            with open(target if os.path.exists(target) else made, "a", encoding="utf-8"):
                pass  # what may not be written is not replaced either
            yield made
            if os.path.exists(target):
                os.chmod(made, os.stat(target).st_mode)
            os.replace(made, target)
    finally:
        with suppress(OSError):
            os.remove(made)


def write_text(path: str, text: str) -> None:
    """Writes a text file by `replacing`."""
    with replacing(path) as place, open(place, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
