"""The texts of a spec in the folder of a run, beside each other, so that it can be read without the original."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from specc.files import read_regular
from specc.limits import MAX_FILE_BYTES
from specc.run.parts import About, own
from specc.syntax.reading import decode_source
from specc.text import Source, set_source

if TYPE_CHECKING:
    from specc.driver import Compilation


def write_spec(compilation: Compilation, folder: str) -> dict[str, str]:
    """Writes the text of a spec, and of all that it imports where they find each other; nothing where there is no text.

    Returns the path in `folder` of each text by what it is called, the main one first: `spec.rec`, or, where there are
    imports, paths below `spec/`.
    """
    texts = list(compilation.texts.values())
    files = [text for text in texts if text.path is not None]
    places = dict.fromkeys(texts[:1], "spec.rec")
    if len(files) > 1 and files[0] is texts[0]:
        paths = {text: os.path.realpath(text.path or "") for text in files}
        top = os.path.commonpath([os.path.dirname(path) for path in paths.values()])
        places = {text: Path("spec", os.path.relpath(path, top)).as_posix() for text, path in paths.items()}
    for text, place in places.items():
        path = os.path.join(folder, place)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.text)
    return {text.name: place for text, place in places.items()}


def read_spec(folder: str, about: About) -> dict[str, Source]:
    """The texts that `write_spec` wrote, and the values of `--set`, by what they were called when the run was made; those that
    are gone, or not as they were written, are left out.
    """
    there = {path: _read(folder, path, about) for path in set(about.texts.values())}
    texts = {name: source for name, path in about.texts.items() if (source := there[path]) is not None}
    return texts | {(source := set_source(name, value)).name: source for name, value in about.sets.items()}


def _read(folder: str, path: str, about: About) -> Source | None:
    with suppress(OSError, ValueError):  # it is gone, too large, or elsewhere
        data = read_regular(own(folder, path), MAX_FILE_BYTES)
        if hashlib.sha256(data).hexdigest() == about.files.get(path):
            return decode_source(data, os.path.join(folder, path), os.path.realpath(os.path.join(folder, path)))[0]
    return None
