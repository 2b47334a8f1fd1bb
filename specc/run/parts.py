"""The files of a run folder as data: what they are, and that they are as they were written."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path, PurePath
from typing import Any

from pydantic import ValidationError, field_validator

from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError, is_out_of_memory
from specc.files import open_regular, read_regular
from specc.ir import saved
from specc.ir.base import Model
from specc.ir.saved import parse_json
from specc.limits import MAX_IR_BYTES, MAX_STATE_BYTES

FORMAT = 4
AGAIN = "the folder is damaged, or another version of specc wrote it: train again"
RUN = "run.json"
FEATURES = "features.json"
WEIGHTS = "weights.weights.h5"
FILES = {"spec.rec", "spec.json", "program.json", FEATURES, WEIGHTS, "model.keras", "metrics.json", "log.csv", RUN}
FOLDERS = {"spec", "candidates"}


class About(Model):
    """run.json: where the data were, how training went, and the other files of the run.

    spec: its path in the folder. texts: the path of each of its texts, by what the Program's places call them. folder: where
    relative paths of the spec start. data: paths that were given, by schema. frames: the schemas that DataFrames were given
    for. rows: by part. best_epoch: that of the weights, from 1; None where they are of no whole epoch. interrupted: the epoch,
    from 1, in which Ctrl-C stopped training. catalogue: shape and dtype of the columns of candidates. files: the SHA-256 of
    each other file.
    """

    format: int
    spec: str | None
    texts: dict[str, str] = {}
    name: str
    folder: str
    sets: dict[str, str]
    data: dict[str, str]
    frames: list[str]
    rows: dict[str, int]
    best_epoch: int | None
    interrupted: int | None
    seconds: dict[str, float]
    catalogue: dict[str, tuple[list[int], str]]
    files: dict[str, str]

    @field_validator("files")
    @classmethod
    def _inside(cls, files: dict[str, str]) -> dict[str, str]:
        for name in files:
            if not is_inside(name):
                raise ValueError(f"{name!r} is not a file in the folder")
        return files


def read_about(folder: str) -> About:
    """The run.json of a folder. Raises SpecError for a folder that holds none, one that cannot be read, or a damaged one."""
    path = os.path.join(folder, RUN)
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        help = "a run is a folder that `specc train` wrote"
        raise SpecError([Diagnostic("REC720", None, f"there is no run in {folder}", help=help)]) from error
    except OSError as error:
        raise SpecError([Diagnostic("REC720", None, f"{folder} cannot be read: {error.strerror or error}")]) from error
    with intact(folder, RUN):
        about = parse_json(read_regular(own(folder, RUN), MAX_IR_BYTES))
        if about["format"] != FORMAT:
            message = f"{folder} has format {about['format']}, and this specc reads {FORMAT}"
            raise SpecError([Diagnostic("REC721", None, message, help="train again")])
        return About.model_validate_json(json.dumps(about), strict=True)


def read_json(folder: str, name: str, about: About) -> Any:
    """A JSON file of a run. Raises ValueError for one that is not as it was written, and OSError."""
    verify(folder, name, about)
    return parse_json(read_regular(own(folder, name), MAX_STATE_BYTES if name == FEATURES else MAX_IR_BYTES))


def write_json(folder: str, name: str, value: Any) -> None:
    """Writes a JSON file into a folder."""
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)
        file.write("\n")


def files_in(folder: str) -> list[str]:
    """The paths of all files in a folder, from there, with `/`."""
    return sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file())


def digest(path: str) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(folder: str, name: str, about: About) -> None:
    """Raises ValueError for a file of a run that is not as it was written, and OSError for one that cannot be read.

    A flipped bit in a weight or in a mean would show itself nowhere else but in wrong predictions.
    """
    if digest(own(folder, name)) != about.files.get(name):
        raise ValueError("it was changed after it was written")


def is_inside(name: str) -> bool:
    """Whether a path, from a run.json of whatever origin, is written as `files_in` writes those of a run's own files."""
    path = PurePath(name)
    return path.as_posix() == name and bool(path.parts) and not path.anchor and ".." not in path.parts and "\0" not in name


def own(folder: str, name: str) -> str:
    """The path of a file of a run. Raises ValueError for one that is elsewhere, by its name or by a link on the way."""
    if not is_inside(name):
        raise ValueError(f"{name!r} is not a file in the folder")
    path = folder
    for part in name.split("/"):
        path = os.path.join(path, part)
        if os.path.islink(path):
            raise ValueError(f"{path} is a link, and a run keeps its files itself")
    return path


@contextmanager
def intact(folder: str, part: str) -> Iterator[None]:
    """Turns whatever a damaged or foreign folder provokes into a SpecError that names the file."""
    try:
        yield
    except SpecError:
        raise
    except OSError as error:
        raise SpecError([Diagnostic("REC721", None, f"{folder}: {part} cannot be read: {error.strerror or error}")]) from error
    except Exception as error:
        if is_out_of_memory(error):
            raise
        message = f"{folder}: {part} is not what a run writes: {_first_line(error)}"
        raise SpecError([Diagnostic("REC721", None, message, help=AGAIN)]) from error


def fitting_together(folder: str) -> AbstractContextManager[None]:
    """While a run is used whose files may each be what they should, and not be of one run."""
    return saved.fitting_together(folder, "REC721", AGAIN)


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return ".".join(str(key) for key in first["loc"]) + f": {first['msg']}"
    if isinstance(error, KeyError):
        return f"it has no {error}"
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
