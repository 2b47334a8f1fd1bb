"""One spec and its data, read in each of the ways that there are."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from specc.backends.python.package import print_package
from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError
from specc.driver import Compilation
from specc.run import encoded, streams
from specc.run.checking import folder_of
from specc.run.fitting import Fitted, fit_program
from specc.run.scratch import Scratch
from specc.run.source_map import SourceMap

WAYS = ["whole", "streamed"]


def compiled(folder: Path, spec: str) -> Compilation:
    """A spec without mistakes, in a folder."""
    (folder / "m.rec").write_text(spec)
    compilation = Compilation(str(folder / "m.rec"))
    assert not compilation.diagnostics, compilation.diagnostics
    return compilation


def read_so(way: str, monkeypatch: pytest.MonkeyPatch, rows: int = 3) -> None:
    """From here on, `streamed` reads every file some rows at a time."""
    if way == "streamed":
        monkeypatch.setattr(streams, "IN_MEMORY", 0)
        monkeypatch.setattr(streams, "CHUNK", rows)
        monkeypatch.setattr(encoded, "IN_MEMORY", 0)


def fitted(compilation: Compilation, scratch: Scratch, data: dict[str, Any] | None = None) -> Fitted:
    """What training reads."""
    assert compilation.program is not None
    return fit_program(
        compilation.program, data or {}, folder_of(compilation), SourceMap(compilation.program, compilation.texts), scratch
    )


def column(compilation: Compilation, name: str, data: dict[str, Any] | None = None) -> list[Any]:
    """A column of all rows, the parts one after the other."""
    with Scratch(str(Path(folder_of(compilation)) / "run")) as scratch:
        parts = fitted(compilation, scratch, data).rows.parts.values()
        return [value for part in parts for value in part.select([name])[name].to_list()]


def found(compilation: Compilation, data: dict[str, Any] | None = None) -> Diagnostic:
    """The one mistake in its data."""
    with pytest.raises(SpecError) as caught, Scratch(str(Path(folder_of(compilation)) / "run")) as scratch:
        fitted(compilation, scratch, data)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def generated(compilation: Compilation) -> Any:
    """The modules `data` and `errors` of its package."""
    assert compilation.program is not None
    folder = Path(folder_of(compilation)) / "packages"
    for path, text in print_package(compilation.program, "made").items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    for name in [name for name in sys.modules if name.partition(".")[0] in ("made", "support")]:  # of another test's
        del sys.modules[name]
    sys.path.insert(0, str(folder))
    try:
        return import_module("made.data"), import_module("support.features.errors")
    finally:
        sys.path.remove(str(folder))


def read_by_package(compilation: Compilation, path: Path) -> dict[str, pl.DataFrame]:
    """The parts that its package reads from files of rows."""
    data, _ = generated(compilation)
    parts: dict[str, pl.DataFrame] = data.DATA.read({data.DATA.rows.name: str(path)}).parts
    return parts
