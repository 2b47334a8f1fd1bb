"""What a command imports is part of its contract: `check` answers before TensorFlow, or even pydantic, could be imported."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from specc.cli import main

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "specs"
ENV = os.environ | {"PYTHONPATH": str(ROOT)}
HEAVY = ("tensorflow", "keras", "polars", "pandas", "sklearn")


def ran(*argv: str) -> tuple[int, str, set[str]]:
    """The exit code of a command, what it says, and the top-level packages that it imports."""
    code = (
        "import sys\nfrom specc.cli import main\n"
        f"code = main({list(argv)!r})\n"
        "print('\\n' + ' '.join(sorted({name.split('.')[0] for name in sys.modules})), file=sys.stderr)\nsys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=ENV, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr, set(done.stderr.splitlines()[-1].split())


def imported(*argv: str) -> set[str]:
    """The packages that a command imports; it must exit with 0."""
    code, err, packages = ran(*argv)
    assert code == 0, err
    return packages


@pytest.mark.parametrize("argv", [["check", str(SPECS)], ["fmt", "--check", str(SPECS)]])
def test_check_and_fmt_import_neither_pydantic_nor_tensorflow(argv):
    found = imported(*argv)
    assert "argparse" in found  # the probe sees imports
    assert found.isdisjoint({*HEAVY, "pydantic", "yaml", "jinja2"})


@pytest.mark.parametrize(
    "argv",
    [
        ["codegen", str(SPECS / "census_ple.rec")],
        ["expand", str(SPECS / "census_ple.rec")],
        ["ir", str(SPECS / "census_ple.rec")],
        ["ir", str(SPECS / "census_ple.rec"), "--stage", "program", "--format", "json"],
        ["cost", str(SPECS / "census_ple.rec")],
        ["explain", "REC207"],
    ],
)
def test_what_prints_never_imports_tensorflow(argv):
    assert imported(*argv).isdisjoint(HEAVY)


SPEC = """rec 1
model Clicks
schema clicks {
  age : float -> standardize
  label click : bool
}
data { clicks = csv("clicks.csv") }
tower deep = age -> mlp(4)
head click = deep -> logit
loss click = bce
train { optimizer=sgd(0.1), batch=8, epochs=1 }
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("clicks.rec").write_text(SPEC)
    Path("clicks.csv").write_text("age,click\n" + "30,1\n40,0\n" * 8)
    assert main(["train", "clicks.rec", "--out", "run", "--quiet"]) == 0
    return tmp_path


def test_a_mistake_in_the_data_is_told_before_tensorflow_is_imported(project):
    Path("clicks.csv").write_text("age,click\n30,1\ntext,1\n")
    for argv in (["train", "clicks.rec"], ["evaluate", "run"], ["predict", "run", "-o", "out.csv"]):
        code, err, packages = ran(*argv)
        assert code == 1, err
        assert "column `age`" in err
        assert packages.isdisjoint({"tensorflow", "keras"}), argv
    Path("clicks.csv").write_text("age,click\n30,1\n")
    code, err, packages = ran("evaluate", "run")
    assert (code, "tensorflow" in packages) == (0, True)
