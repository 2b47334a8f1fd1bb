"""What cost says of the specs whose training was measured (`benchmarks/memory.py`), against the table in docs/cost.md."""

import importlib.util

import pytest

import specc

from .building import TOP

SPREAD = 0.25  # as docs/cost.md promises


def module():
    """`benchmarks/memory.py`, which no package holds."""
    spec = importlib.util.spec_from_file_location("memory", TOP / "benchmarks" / "memory.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


MEMORY = module()


def measured():
    """From the table: MB that were said and measured, by case."""
    lines = (TOP / "docs" / "cost.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    numbers = {row[0]: row[1:3] for row in cells if row[0] in MEMORY.CASES}
    return {name: tuple(float(cell.replace(",", "")) for cell in row) for name, row in numbers.items()}


@pytest.mark.parametrize("name", MEMORY.CASES)
def test_memory_is_said_as_it_was_measured(name, tmp_path):
    told, peak = measured()[name]
    _, sets, batch, _ = MEMORY.CASES[name]
    path = tmp_path / "spec.rec"
    path.write_text(MEMORY.spec_text(name), encoding="utf-8")
    said = specc.cost(path, sets=sets, batch=batch).memory.total / 1e6
    assert said == pytest.approx(told, abs=1)
    assert said == pytest.approx(peak, rel=SPREAD)
