"""`--save` of a generated file: a place that Keras could not save the model in is told before anything is read or trained."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from specc.backends.source import print_source
from specc.driver import Compilation
from specc.text import Source

SPEC = """rec 1
schema visits {
  x : float -> standardize
  label y : float
}
data { visits = csv("visits.csv") }
head y = [x] -> concat -> dense(1)
loss y = mse
train { epochs=1 }
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """Runs `main` of the generated file in a folder of its own."""
    compilation = Compilation(source=Source("spec.rec", SPEC))
    assert compilation.program is not None, compilation.diagnostics
    (tmp_path / "generated.py").write_text(print_source(compilation.program))
    monkeypatch.chdir(tmp_path)

    def main(*arguments: str) -> object:
        monkeypatch.setattr(sys, "argv", ["generated.py", *arguments])
        return runpy.run_path("generated.py")["main"]()

    return main


@pytest.mark.parametrize("place", ["gena", "gena.h5", "", "nowhere/gena.keras"])
def test_a_place_that_would_lose_the_model(place: str, run: Callable[..., object], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("--save", place)  # there are no data, which would be told if they were read first
    assert ended.value.code == 2
    says = f"error: --save: the model is saved as FILE.keras in a folder that is there, not as {place!r}"
    assert says in capsys.readouterr().err


def test_a_place_that_keeps_it(run: Callable[..., object]) -> None:
    Path("visits.csv").write_text("x,y\n1,2\n2,4\n3,6\n")
    Path("models").mkdir()
    run("--save", "models/gena.keras")
    assert Path("models/gena.keras").is_file()
