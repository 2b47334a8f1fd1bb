"""No phase of the compiler names a component: what it must know of one, it asks the component."""

import ast
from collections.abc import Iterator
from pathlib import Path

import specc
from specc import registry
from specc.registry.lookup import kinds

ROOT = Path(specc.__file__).parent
PHASES = ("resolve", "lower", "analysis", "backends", "run")
NAMES = {name for kind in kinds() for name in registry.names(kind)}

# What is something else, and called as a component is: by file and string.
ALLOWED = {
    ("resolve/graph.py", "scale"): "an attribute, of a head",
    ("resolve/losses.py", "scale"): "an attribute, of a loss",
    ("resolve/settings.py", "mixture"): "what messages call `experts`",
    ("resolve/unused.py", "mixture"): "what messages call `experts`",
    ("lower/builder.py", "logit"): "a type of nodes",
    ("backends/python/train_file.py", "max"): "which way a metric is better",
    ("backends/python/data_file.py", "same"): "an argument of the run time's features",
    ("run/parts.py", "files"): "a key of run.json",
    ("run/folders.py", "files"): "a key of run.json",
    ("run/using.py", "files"): "a key of run.json",
    ("run/making.py", "popularity"): "a key of metrics.json",
    ("run/using.py", "popularity"): "a key of metrics.json",
}


def files() -> Iterator[tuple[str, ast.Module]]:
    """All files of the phases, with their trees."""
    for phase in PHASES:
        for path in sorted((ROOT / phase).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def strings(tree: ast.Module) -> set[str]:
    """The string constants of a file; those that stand alone, as docstrings do, say nothing to it."""
    alone = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in alone]
    return {node.value for node in constants if isinstance(node.value, str)}


def modules(tree: ast.Module) -> Iterator[str]:
    """What a file imports, also in its functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_phase_names_a_component() -> None:
    found = {(file, name) for file, tree in files() for name in strings(tree) & NAMES}
    assert found - ALLOWED.keys() == set(), "ask the component; a homonym goes into ALLOWED, with what it is"
    assert ALLOWED.keys() - found == set(), "no longer needed in ALLOWED"


def test_no_phase_imports_a_component() -> None:
    found = {(file, name) for file, tree in files() for name in {*modules(tree), *strings(tree)}}
    assert [(file, name) for file, name in found if name.startswith("specc.components")] == []
