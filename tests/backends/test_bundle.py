"""What is copied from the runtime stands alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from specc.backends import bundle as bundling
from specc.backends.bundle import bundle, import_lines, read_module, runtime
from specc.diagnostics import InternalError


def source_of(targets: list[str]) -> str:
    copied = bundle(targets)
    definitions = [definition.source for section in copied.sections for definition in section.definitions]
    imports = "\n\n".join(["from __future__ import annotations", *import_lines(copied.imports)])
    first = ast.parse(definitions[0]).body[0]
    blank = "\n\n\n" if isinstance(first, ast.FunctionDef | ast.ClassDef) else "\n\n"  # before a constant
    return imports + blank + "\n\n\n".join(definitions) + "\n"


def test_no_name_is_defined_twice_in_the_whole_runtime() -> None:
    names = [name for module in runtime().values() for name in module.definitions]
    assert len(names) == len(set(names)) > 100


def test_every_definition_can_be_copied_on_its_own(tmp_path: Path) -> None:
    places = [f"{module.name}.{name}" for module in runtime().values() for name in module.definitions]
    for number, place in enumerate(places):
        text = source_of([place])
        assert "specc.runtime" not in "".join(line for line in text.splitlines() if "import" in line)
        (tmp_path / f"copy_{number}.py").write_text(text)
    # Undefined names, unused imports, names used before they are there.
    rules = ["--isolated", "--select", "F821,F401,F811,I001,UP037", "--line-length", "128", "--target-version", "py311"]
    found = subprocess.run([sys.executable, "-m", "ruff", "check", *rules, str(tmp_path)], capture_output=True, text=True)
    assert found.returncode == 0, found.stdout[-3000:]


def test_a_copy_holds_what_it_needs_and_nothing_else() -> None:
    copied = bundle(["specc.runtime.layers.sequences.MaskedMean"])
    names = [definition.name for section in copied.sections for definition in section.definitions]
    assert names == ["fill_padding", "count_steps", "MaskedMean"]
    assert copied.imports == {"keras": ("keras", None), "ops": ("keras", "ops"), "Any": ("typing", "Any")}


def test_definitions_keep_their_order_comments_and_decorators() -> None:
    text = source_of(["specc.runtime.layers.embedding.Embedding"])
    assert (
        '@keras.saving.register_keras_serializable(package="specc")\nclass Embedding(keras.layers.Layer):\n    """Looks' in text
    )
    assert "# `ops.take` would read the variable first" in text
    body = [
        node.name
        for node in ast.parse(source_of(["specc.runtime.features.vocabulary.Vocabulary"])).body
        if isinstance(node, ast.ClassDef)
    ]
    assert body.index("Encoder") < body.index("Vocabulary")


def test_text_annotations_lose_their_quotes_and_bring_what_they_name() -> None:
    module = read_module("m", 'from a import B\nclass C:\n    def f(self, é: "B") -> list["C"]:\n        return [self]\n')
    definition = module.definitions["C"]
    assert definition.source == "class C:\n    def f(self, é: B) -> list[C]:\n        return [self]"
    assert "B" in definition.uses


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("if True:\n    x = 1\n", "only imports, functions, classes and constants"),
        ("def f():\n    from specc.runtime.layers import softmax\n    return softmax\n", "an import of specc inside"),
    ],
)
def test_a_module_that_cannot_be_copied_is_refused(text: str, message: str) -> None:
    with pytest.raises(InternalError, match=message):
        read_module("m", text)


def test_a_target_that_is_not_there_is_refused() -> None:
    with pytest.raises(InternalError, match=r"no specc\.runtime\.layers\.softmax\.Nothing to copy"):
        bundle(["specc.runtime.layers.softmax.Nothing"])


def test_two_definitions_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundling, "_sources", lambda *_: [("a", "def f():\n    pass\n"), ("b", "f = 1\n")])
    runtime.cache_clear()
    try:
        with pytest.raises(InternalError, match="a and b both define f"):
            runtime()
    finally:
        runtime.cache_clear()


def test_imports_are_sorted_as_ruff_sorts_them() -> None:
    lines = import_lines(
        {"np": ("numpy", None), "b": ("a", "b"), "A": ("a", "A"), "re": ("re", None), "Any": ("typing", "Any")}
    )
    assert lines == ["import re\nfrom typing import Any", "import numpy as np\nfrom a import A, b"]
