"""The data path knows no component: neither its name, nor its module."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import specc
from specc import registry

ROOT = Path(specc.__file__).parent
NAMES = {name for kind in ("encoders", "derivations", "readers", "rows", "splits") for name in registry.names(kind)}
FILES = sorted(path for folder in ("lower", "run", "analysis", "backends") for path in (ROOT / folder).rglob("*.py"))
# What else is called so: the files of a run folder, a feature that is encoded as another one.
OTHERS = {"parts.py": {"files"}, "folders.py": {"files"}, "using.py": {"files"}, "data_source.py": {"same"}}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_component_is_named(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    assert {node.value for node in nodes if isinstance(node, ast.Constant)} & NAMES <= OTHERS.get(path.name, set())
    imported = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    assert not [module for module in imported if module.startswith("specc.components")]
