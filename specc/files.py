"""Files that are written as a whole or not at all, and what the system says against writing them."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress

from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError


@contextmanager
def told(doing: str, help: Sequence[str] = ()) -> Iterator[None]:
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
    """`told` of a file or folder that is written."""
    return told(f"write {path}")


@contextmanager
def replacing(path: str) -> Iterator[str]:
    """Where to write a file so that it takes the place of `path` at the end, as a whole or not at all; what is no file, a
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
