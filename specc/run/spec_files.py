"""The texts of a spec beside each other in another folder, so that a run can be read without the original."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from specc.driver import Compilation


def write_spec(compilation: Compilation, folder: str) -> str | None:
    """Writes the text of a spec, and of all that it imports where they find each other; None where there is no text.

    Returns the main file's path in `folder`: `spec.rec`, or one below `spec/` where there are imports.
    """
    resolved, source = compilation.resolved, compilation.source
    if resolved is None or source is None:
        return None
    others = [text for text in resolved.session.sources if text is not source and text.path is not None]
    if source.path is None or not others:
        return _write(folder, "spec.rec", source.text)
    paths = {os.path.realpath(text.path or ""): text.text for text in [source, *others]}
    top = os.path.commonpath([os.path.dirname(path) for path in paths])
    for path, text in paths.items():
        _write(folder, os.path.join("spec", os.path.relpath(path, top)), text)
    return os.path.join("spec", os.path.relpath(os.path.realpath(source.path), top))


def _write(folder: str, name: str, text: str) -> str:
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return name
