"""What a command imports is part of its contract: `check` answers before TensorFlow, or even pydantic, could be imported."""

import subprocess
import sys
from pathlib import Path

import pytest

SPECS = Path(__file__).parents[2] / "specs"
HEAVY = ("tensorflow", "keras", "polars", "pandas", "sklearn")


def imported(*argv: str) -> set[str]:
    """The top-level packages that a command imports; it must exit with 0."""
    code = (
        "import sys\nfrom specc.cli import main\n"
        f"code = main({list(argv)!r})\n"
        "print('\\n' + ' '.join(sorted({name.split('.')[0] for name in sys.modules})), file=sys.stderr)\nsys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


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
