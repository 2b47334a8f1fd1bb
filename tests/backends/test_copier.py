"""Modules are copied whole, with what they import; those of another package go into a folder of their own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import specc.runtime
from specc.backends.python.copier import copied
from specc.backends.python.imports import Imports
from specc.diagnostics import InternalError

RUNTIME = Path(specc.runtime.__file__).parent


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package `other`."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "__init__.py").write_text('"""Another."""\n')
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path / "other"


def test_a_module_brings_what_it_imports_and_nothing_else() -> None:
    files = copied(["specc.runtime.layers.sequences"])
    assert set(files) == {"support/__init__.py", "support/layers/__init__.py", "support/layers/sequences.py"}
    assert "support/features/errors.py" in copied(["specc.runtime.training.objectives"])
    for path, text in files.items():
        assert (RUNTIME / path.removeprefix("support/")).read_text(encoding="utf-8") == text


def test_all_of_the_run_time_can_be_copied() -> None:
    modules = [
        path.relative_to(RUNTIME.parents[1]).with_suffix("").as_posix().replace("/", ".") for path in RUNTIME.rglob("*.py")
    ]
    files = copied([module.removesuffix(".__init__") for module in modules])
    assert len(files) == len(modules)
    assert not [text for text in files.values() if "from specc" in text or "import specc" in text]


def test_a_module_of_another_package_finds_what_it_imports(other: Path) -> None:
    (other / "a.py").write_text(
        '"""A."""\nfrom other.b import f\nfrom specc.runtime.layers.mixing import (\n    WeightedSum,\n)\n'
    )
    (other / "b.py").write_text('"""B."""\nfrom . import c\n\ndef f(): return c\n')
    (other / "c.py").write_text('"""C."""\n')
    files = copied(["other.a"])
    assert {"support/other/__init__.py", "support/other/b.py", "support/other/c.py", "support/layers/mixing.py"} <= set(files)
    sources = [node.module for node in ast.walk(ast.parse(files["support/other/a.py"])) if isinstance(node, ast.ImportFrom)]
    assert sources == ["support.other.b", "support.layers.mixing"]
    assert files["support/other/b.py"] == (other / "b.py").read_text()


@pytest.mark.parametrize("line", ["import specc.runtime.layers", "from specc.diagnostics import Span", "import other.b"])
def test_a_module_that_a_package_could_not_import_is_refused(other: Path, line: str) -> None:
    (other / "a.py").write_text(f"{line}\n")
    with pytest.raises(InternalError, match=r"other\.a imports .*, which cannot be copied"):
        copied(["other.a"])


def test_a_module_that_is_not_there_is_refused() -> None:
    with pytest.raises(InternalError, match=r"no module specc\.runtime\.nothing to copy"):
        copied(["specc.runtime.nothing"])


def test_imports_are_sorted_as_ruff_sorts_them() -> None:
    imports = Imports("taken")
    for module, name, called in [
        ("numpy", None, "np"), ("a", "b", None), ("a", "A", None), ("re", None, None), ("typing", "Any", None),
        ("support.x", "y", None), (".data", "DATA", None),
    ]:  # fmt: skip
        imports.need(module, name, called)
    assert imports.text == (
        "import re\nfrom typing import Any\n\nimport numpy as np\nfrom a import A, b\n\nfrom support.x import y\n\nfrom .data import DATA"
    )


def test_two_things_of_one_name_get_two() -> None:
    imports = Imports("taken")
    assert [imports.need("a", "f"), imports.need("b", "f"), imports.need("a", "f")] == ["f", "f_2", "f"]
    assert imports.need("a", "taken") == "taken_2"
    assert "from b import f as f_2" in imports.text
