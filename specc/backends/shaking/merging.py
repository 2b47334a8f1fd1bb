"""An abstract class with a single class built on it: the two are one where nothing else needs the difference."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from specc.backends.shaking.docstrings import ENTRY
from specc.backends.shaking.facts import Facts, is_class_variable
from specc.backends.shaking.units import Unit, unparse, walk


def merge(facts: Facts, own: ast.AST) -> dict[str, str] | None:
    """All texts after one class was taken into the one that is built on it; None where there is no such pair."""
    for name, node in facts.classes.items():
        below = [each for each in facts.classes.values() if any(unparse(base) == name for base in each.bases)]
        if len(below) == 1 and _can_merge(facts, node, below[0], own):
            heir = below[0].name
            old, new = (name, heir) if facts.is_made(heir) else (heir, name)  # what the file makes keeps its name
            texts = {key: _renamed(each.text, old, new) for key, each in facts.units.items()}
            texts[heir] = _renamed(_joined(facts.units[name], facts.units[heir], new), old, new)
            return {new if key == heir else key: texts[key] for key in facts.units if key != name}
    return None


def _can_merge(facts: Facts, base: ast.ClassDef, heir: ast.ClassDef, own: ast.AST) -> bool:
    """Whether nobody makes, calls or asks for the base itself, and the fields stay the same."""
    if facts.is_made(base.name) or facts.calls[base.name] or facts.is_framework(base.name) or len(heir.bases) > 1:
        return False
    if any(isinstance(node, ast.Name) and node.id in (base.name, "super") for tree in (own, heir) for node in walk(tree)):
        if any(isinstance(node, ast.Name) and node.id == base.name for node in walk(own)):
            return False
        if any(isinstance(node, ast.Name) and node.id == "super" for node in walk(heir)):
            return False
    if heir.decorator_list and [*map(unparse, heir.decorator_list)] != [*map(unparse, base.decorator_list)]:
        return False
    fields = [set(_fields(node)) for node in (base, heir)]
    return not (fields[0] & fields[1]) and (bool(heir.decorator_list) or not fields[1])


def _fields(node: ast.ClassDef) -> Iterator[str]:
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and not is_class_variable(each):
            yield unparse(each.target)


def _joined(base: Unit, heir: Unit, name: str) -> str:
    """The heir with what it has from the base."""
    one, other = base.node, heir.node
    assert isinstance(one, ast.ClassDef)
    assert isinstance(other, ast.ClassDef)
    taken = {_name(each) for each in other.body}
    decorators = [f"@{base.source(each)}" for each in one.decorator_list]
    bases = f"({', '.join(base.source(each) for each in one.bases)})" if one.bases else ""
    head = [*decorators, f"class {name}{bases}:", *_docstring(base, heir)]
    parts = [(base, each) for each in one.body if _name(each) not in taken] + [(heir, each) for each in other.body]
    parts = [(unit, each) for unit, each in parts if _name(each) is not None]
    fields = ["\n".join(_lines(unit, each)) for unit, each in parts if not isinstance(each, ast.FunctionDef)]
    methods = ["\n".join(_lines(unit, each)) for unit, each in parts if isinstance(each, ast.FunctionDef)]
    body = [*(["\n".join(fields)] if fields else []), *methods]
    return "\n".join(head) + "".join(f"\n\n{each}" for each in body)


def _name(node: ast.stmt) -> str | None:
    """What a statement of a class defines; None for a docstring."""
    if isinstance(node, ast.FunctionDef):
        return node.name
    if isinstance(node, ast.AnnAssign):
        return unparse(node.target)
    return unparse(node.targets[0]) if isinstance(node, ast.Assign) else None


def _lines(unit: Unit, node: ast.stmt) -> list[str]:
    return unit.lines[unit.first_line(node) - 1 : node.end_lineno]


def _docstring(base: Unit, heir: Unit) -> list[str]:
    """That of the heir, with the entries of the base's fields."""
    assert isinstance(base.node, ast.ClassDef)
    assert isinstance(heir.node, ast.ClassDef)
    texts = [ast.get_docstring(each.node, clean=False) or "" for each in (base, heir)]  # type: ignore[arg-type]
    entries = [part.strip("\n ") for part in texts[0].split("\n\n")[1:] if ENTRY.match(part.strip())]
    whole = texts[1].rstrip()
    if entries:
        whole = "\n\n    ".join([whole, *entries])
    end = '\n    """' if "\n" in whole else '"""'
    return [*f'    """{whole}{end}'.split("\n")]


def _renamed(text: str, old: str, new: str) -> str:
    unit = Unit(text)
    places = sorted(unit.span(node) for node in unit.nodes if isinstance(node, ast.Name) and node.id == old)
    raw = unit.raw
    for start, end in reversed(places):
        raw = raw[:start] + new.encode() + raw[end:]
    return raw.decode()
