"""The runtime can be copied into a generated file: it needs nothing of specc, and importing it only defines things."""

import ast
from pathlib import Path

import pytest

import specc.runtime.features

MODULES = sorted(Path(specc.runtime.features.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_modules_hold_only_imports_functions_and_classes(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree)
    for statement in tree.body[1:]:
        assert isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef), ast.unparse(statement)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("specc"):
            assert (node.module or "").startswith("specc.runtime.features.")
            assert all(alias.asname is None for alias in node.names)
        if isinstance(node, ast.Import):
            assert not any(alias.name.split(".")[0] == "specc" for alias in node.names)
        if isinstance(node, ast.Import | ast.ImportFrom) and path.stem != "batches":
            names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            assert not any(name.split(".")[0] in ("keras", "tensorflow") for name in names)


def test_no_name_is_defined_twice() -> None:
    """Copied into one file, two definitions of one name would hide each other."""
    names = [
        node.name
        for path in MODULES
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]
    assert len(names) == len(set(names))
