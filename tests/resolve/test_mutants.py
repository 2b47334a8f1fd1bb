"""One token deleted, doubled or put in anywhere: a sample of what `benchmarks/mutants.py` measures in full."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def result():
    sys.path.insert(0, str(ROOT / "benchmarks"))  # it shares the mutants of `recovery.py`
    try:
        import mutants
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))
    return mutants.measure([ROOT / "tests" / "resolve" / "examples"], every=83)


def test_enough_mutants_are_refused(result):
    assert result.refused > 500


def test_a_mutant_gives_one_report(result):
    assert result.one >= 0.95 * result.refused


def test_the_report_is_on_the_line_that_was_changed(result):
    assert result.right >= 0.97 * result.refused
