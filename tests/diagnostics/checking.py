"""Specs checked as `specc check` does, from within their own folder: the paths in diagnostics are the same everywhere."""

import os
from contextlib import chdir
from pathlib import Path

from specc.diagnostics import Diagnostic


def check_in(folder: Path, spec: str, *, overrides: list[str] = (), data: list[str] = ()) -> list[Diagnostic]:
    """The diagnostics of the file `spec` in `folder`; `overrides` and `data` hold what stands behind `--set` and `--data`."""
    from specc.driver import check_file

    with chdir(folder):
        return check_file(spec, overrides=dict(o.split("=", 1) for o in overrides), data=dict(d.split("=", 1) for d in data))


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        os.makedirs(path.parent, exist_ok=True)
        path.write_text(text, encoding="utf-8")
