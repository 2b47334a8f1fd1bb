"""The modules can be copied into a file of their own: what they import, and what stands at the top of them."""

import ast
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "specc" / "runtime" / "training"
ALLOWED = {"keras", "numpy", "polars", "typing", "collections", "dataclasses", "math", "tensorflow"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("[!_]*.py")), ids=lambda path: path.stem)
def test_only_definitions_and_known_imports(path: Path) -> None:
    doc, *statements = ast.parse(path.read_text(encoding="utf-8")).body
    assert isinstance(doc, ast.Expr)
    for statement in statements:
        assert isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef), ast.unparse(statement)
        if isinstance(statement, ast.Import):
            assert {alias.name.split(".")[0] for alias in statement.names} <= ALLOWED
        if isinstance(statement, ast.ImportFrom):
            module = str(statement.module)
            assert statement.level == 0
            assert module.startswith("specc.runtime.") or module.split(".")[0] in ALLOWED, module
