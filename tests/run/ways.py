"""One spec and its data, read in each of the ways that there are."""

import runpy
from pathlib import Path
from typing import Any

import pytest
from specc.backends.source import print_source

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
        monkeypatch.setattr(streams, "PIECE", rows)
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


def generated(compilation: Compilation) -> dict[str, Any]:
    """The names of its generated file."""
    assert compilation.program is not None
    path = Path(folder_of(compilation)) / "made.py"
    path.write_text(print_source(compilation.program))
    return runpy.run_path(str(path), run_name="made")
