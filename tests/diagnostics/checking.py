"""Specs checked as `specc check` does, from within their own folder: the paths in diagnostics are the same everywhere."""

from contextlib import chdir
from pathlib import Path

from specc.api import check
from specc.diagnostics import Diagnostic


def check_in(folder: Path, spec: str, *, sets: list[str] | None = None, data: list[str] | None = None) -> list[Diagnostic]:
    """The diagnostics of the file `spec` in `folder`; `sets` and `data` hold what stands behind `--set` and `--data`."""
    options = {"data": _pairs(data)} if data else {}
    with chdir(folder):
        return check(spec, sets=_pairs(sets or []), **options)


def _pairs(texts: list[str]) -> dict[str, str]:
    return dict(text.split("=", 1) for text in texts)


def write(folder: Path, files: dict[str, str]) -> None:
    """Files by their path under `folder`."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
