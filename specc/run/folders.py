"""The folder of a new run: made inside of its place under another name, and moved there when it is complete."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import AbstractContextManager, suppress
from types import TracebackType

from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError
from specc.files import file_errors_as_diagnostics, read_regular, writing
from specc.ir.saved import parse_json
from specc.limits import MAX_IR_BYTES
from specc.run.parts import FILES, FOLDERS, RUN, files_in, is_inside, own

OWN = ".specc-"  # how names begin of what only a killed process leaves


class NewRun:
    """`with NewRun(out, name) as new`: the parts of a run are written into `new.folder`, and `new.finish()` puts them into
    `new.out`, where they take the place of those of an earlier run. Without it, nothing stays and nothing was changed.

    out: the place, see `check_place`; by default the first free one of runs/NAME-1, -2, ... It is inside of `out` that the run
    is made, for a file system of its own may end there. Raises SpecError for a place that cannot be written.
    """

    def __init__(self, out: str | None, name: str) -> None:
        self.out = out if out is not None else ""
        self.folder = ""
        self._name = name if out is None else None
        self._made: list[str] = []

    def __enter__(self) -> NewRun:
        try:
            with file_errors_as_diagnostics(f"make the run folder {self.out or 'runs'}"):
                if self._name is None:
                    check_place(self.out)
                    self._make(self.out)
                else:
                    number = 1
                    while not self._make(os.path.join("runs", f"{self._name}-{number}"), new=True):
                        number += 1
                self.folder = tempfile.mkdtemp(prefix=f"{OWN}run-", dir=self.out)
        except BaseException:
            self._leave()
            raise
        return self

    def _make(self, path: str, new: bool = False) -> bool:
        """Makes a folder, and those that it is in. new: False is returned where it is there already."""
        missing, parent = list[str](), os.path.abspath(path)
        while not os.path.isdir(parent):
            missing.append(parent)
            parent = os.path.dirname(parent)
        try:
            os.makedirs(path, exist_ok=not new)
        except FileExistsError:
            if new:
                return False
            raise
        self.out, self._made = path, missing
        return True

    def writing(self, name: str) -> AbstractContextManager[None]:
        """Around the writing of a file of the run: what the system says against it becomes a SpecError that names the file."""
        return writing(os.path.join(self.out, name))

    def finish(self) -> None:
        """Puts the run into its place. Raises SpecError where that cannot be done."""
        with file_errors_as_diagnostics(f"make the run folder {self.out}"):
            _check_links(self.out)
            earlier = written_files(self.out)
            made = files_in(self.folder)
            for path in sorted(made, key=lambda path: path == RUN):  # what the folder is, is said last
                os.makedirs(os.path.join(self.out, os.path.dirname(path)), exist_ok=True)
                os.replace(os.path.join(self.folder, path), os.path.join(self.out, path))
            for path in sorted(earlier - set(made)):
                with suppress(FileNotFoundError):
                    os.remove(os.path.join(self.out, path))
            for name in FOLDERS:
                for at, _, _ in os.walk(os.path.join(self.out, name), topdown=False):
                    with suppress(OSError):  # something is in it
                        os.rmdir(at)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._leave()

    def _leave(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        for folder in self._made:
            with suppress(OSError):  # the run is in it
                os.rmdir(folder)


def check_place(out: str) -> None:
    """Raises SpecError for a folder that is neither new, nor empty, nor a run: its files are the user's."""
    if "\0" in out:
        raise SpecError([Diagnostic("REC722", None, f"no folder is called {out!r}")])
    with file_errors_as_diagnostics(f"make the run folder {out}"):
        try:
            there = {name for name in os.listdir(out) if not name.startswith(OWN)}
        except FileNotFoundError:
            return
        if there and not written_files(out):
            help = "choose another `--out`, or empty it; only a run is overwritten"
            raise SpecError([Diagnostic("REC722", None, f"{out} holds files that are no run, and is left as it is", help=help)])
        for name in there & (FILES | FOLDERS):
            if os.path.isdir(os.path.join(out, name)) != (name in FOLDERS):
                message = f"{os.path.join(out, name)} is in the way of a run's own {name}"
                raise SpecError([Diagnostic("REC722", None, message, help="choose another `--out`")])
        _check_links(out)


def written_files(folder: str) -> set[str]:
    """The files of the run in a folder, by their path in it; none where its run.json is none of specc's."""
    try:
        about = parse_json(read_regular(own(folder, RUN), MAX_IR_BYTES))
    except (OSError, ValueError):
        return set()
    if not isinstance(about, dict) or not {"format", "spec", "best_epoch", "catalogue"} <= about.keys():
        return set()
    files = about.get("files")
    return {RUN} | {path for path in (files if isinstance(files, dict) else ()) if _is_own(path)}


def _is_own(path: str) -> bool:
    """Whether a run writes files of such paths: a run.json of whatever origin says what is removed."""
    first, *others = path.split("/")
    return is_inside(path) and (first in FOLDERS if others else first in FILES)


def _check_links(out: str) -> None:
    """Raises SpecError for a folder of a run that leads elsewhere: what is written and removed would be the user's."""
    for name in FOLDERS:
        for at, folders, _ in os.walk(os.path.join(out, name)):
            for path in (at, *(os.path.join(at, folder) for folder in folders)):
                if os.path.islink(path):
                    message = f"{path} is a link in the way of a run's own folder"
                    raise SpecError([Diagnostic("REC722", None, message, help="choose another `--out`")])
