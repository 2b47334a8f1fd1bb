"""One mistake gives one report, on its line: on a sample of the mutants that `benchmarks/recovery.py` measures in full."""

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "recovery.py"


def load():
    spec = importlib.util.spec_from_file_location("recovery", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_one_token_wrong_gives_one_report_on_its_line():
    recovery = load()
    result = recovery.measure(sorted(recovery.EXAMPLES.rglob("*.rec")), every=83)
    assert result.invalid > 800
    assert result.one >= 0.98 * result.invalid, result.misses
    assert result.right >= 0.98 * result.invalid, result.misses
