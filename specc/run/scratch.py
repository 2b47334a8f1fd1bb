"""A folder for what need not outlive a command: encoded rows, and rows on their way there."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import AbstractContextManager, suppress
from types import TracebackType

from specc.files import file_errors_as_diagnostics

KEPT = (
    "rows that are larger than memory should be are kept on disk, beside the run folder, while they are used",
    "make room there; `specc train` takes another place by `--out`",
)


class Scratch:
    """A temporary folder beside a run folder, made when it is first asked for and removed at the end of the `with`.

    Beside the run, because that is where there is room; `/tmp` may be memory. Its name begins with a dot and `specc-rows-`,
    so that what a killed process left can be recognized and removed.
    """

    def __init__(self, beside: str) -> None:
        self.parent = os.path.dirname(os.path.abspath(beside))
        self._folder: str | None = None
        self._made: list[str] = []

    @property
    def folder(self) -> str:
        """The path. Raises SpecError where it cannot be made."""
        if self._folder is None:
            with keeping(self.parent):
                parent = self.parent
                while not os.path.isdir(parent):  # to leave nothing behind where training fails
                    self._made.append(parent)
                    parent = os.path.dirname(parent)
                os.makedirs(self.parent, exist_ok=True)
                self._folder = tempfile.mkdtemp(prefix=".specc-rows-", dir=self.parent)
        return self._folder

    def subfolder(self, name: str) -> str:
        """A new folder in it."""
        path = os.path.join(self.folder, name)
        with keeping(self.folder):
            os.makedirs(path)
        return path

    def remove(self, name: str) -> None:
        """Removes a folder in it, if it is there."""
        if self._folder is not None:
            shutil.rmtree(os.path.join(self._folder, name), ignore_errors=True)

    def __enter__(self) -> Scratch:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            for folder in self._made:
                with suppress(OSError):  # a run is in it
                    os.rmdir(folder)


def keeping(folder: str) -> AbstractContextManager[None]:
    """Turns a disk that is full, or a folder that cannot be written to, into a SpecError."""
    return file_errors_as_diagnostics(f"keep encoded rows in {folder}", help=KEPT)
