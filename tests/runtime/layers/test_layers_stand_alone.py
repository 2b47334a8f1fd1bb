"""Layers and metrics can be copied into a file of their own: what they import, and what stands at the top of their modules."""

import ast
from pathlib import Path

import pytest

RUNTIME = Path(__file__).parents[3] / "specc" / "runtime"
MODULES = [path for folder in ("layers", "metrics") for path in sorted((RUNTIME / folder).glob("[!_]*.py"))]
ALLOWED = {
    "keras",
    "numpy",
    "tensorflow",
    "sklearn",
    "threadpoolctl",
    "typing",
    "collections",
    "concurrent",
    "dataclasses",
    "hashlib",
    "itertools",
    "os",
    "random",
    "re",
    "threading",
    "warnings",
}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_only_definitions_and_known_imports(path: Path) -> None:
    doc, *statements = ast.parse(path.read_text(encoding="utf-8")).body
    assert isinstance(doc, ast.Expr)
    for statement in statements:
        if isinstance(statement, ast.Assign):  # a constant, which is written out
            assert isinstance(eval(ast.unparse(statement.value), {"__builtins__": {}}), int | float | str | tuple)
            continue
        assert isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef), ast.unparse(statement)
        if isinstance(statement, ast.Import):
            assert {alias.name.split(".")[0] for alias in statement.names} <= ALLOWED
        if isinstance(statement, ast.ImportFrom):
            module = str(statement.module)
            assert statement.level == 0
            assert module.startswith(f"specc.runtime.{path.parent.name}.") or module.split(".")[0] in ALLOWED, module
            assert "tensorflow" not in module or path.parent.name == "layers"
