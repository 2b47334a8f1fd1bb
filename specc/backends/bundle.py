"""Copies the source of what a program calls from `specc.runtime`: just those functions and classes, and what they call in turn.

Nothing is imported: the runtime is read as text, so that printing a model needs neither TensorFlow nor polars.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from specc.diagnostics import InternalError

RUNTIME = "specc.runtime"
TITLES = {  # of the parts of a file, by package
    "layers": "Layers that Keras lacks, copied from specc",
    "optimizers": "Optimizers that Keras lacks",
    "features": "Reading and encoding rows",
    "metrics": "Metrics",
    "training": "Training and evaluation",
}


@dataclass(frozen=True)
class Definition:
    """A top-level function, class or constant: its source with the comments above it, and the names that it uses."""

    name: str
    module: str
    line: int
    source: str
    uses: frozenset[str]
    lazily: frozenset[str] = frozenset()  # packages that are imported only when it is called


@dataclass(frozen=True)
class Module:
    """What a module defines, and what its imports bind: a name to (module, name there), or to (module, None) for `import`."""

    name: str
    docstring: str
    definitions: dict[str, Definition] = field(default_factory=dict)
    imports: dict[str, tuple[str, str | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Section:
    """The definitions of one package."""

    title: str
    definitions: list[Definition]


@dataclass(frozen=True)
class Bundle:
    """Copied definitions by package, each after what it is built on, and what they import from other packages."""

    sections: list[Section]
    imports: dict[str, tuple[str, str | None]]

    @property
    def names(self) -> set[str]:
        """All names that the copy defines or imports."""
        return set(self.sources) | set(self.imports)

    @property
    def sources(self) -> dict[str, str]:
        """The source of each definition by name."""
        return {d.name: d.source for section in self.sections for d in section.definitions}

    def with_sources(self, sources: Mapping[str, str]) -> Bundle:
        """The same with these sources, without definitions that have none, and without imports that they do not need."""
        kept = [
            Section(one.title, [replace(d, source=sources[d.name]) for d in one.definitions if d.name in sources])
            for one in self.sections
        ]
        used = {name.id for text in sources.values() for name in ast.walk(ast.parse(text)) if isinstance(name, ast.Name)}
        imports = {name: place for name, place in self.imports.items() if name in used}
        return Bundle([section for section in kept if section.definitions], imports)


@cache
def runtime() -> dict[str, Module]:
    """Every module of the runtime by name. Raises InternalError for a name that two of them define."""
    found: dict[str, Module] = {}
    for name, text in _sources(files(RUNTIME), RUNTIME):
        found[name] = read_module(name, text)
    owners: dict[str, str] = {}
    for module in found.values():
        for name in module.definitions:
            if name in owners:
                raise InternalError(f"{owners[name]} and {module.name} both define {name}, so they do not go into one file")
            owners[name] = module.name
    return found


def _sources(folder: Traversable, package: str) -> Iterable[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir() and entry.joinpath("__init__.py").is_file():
            yield from _sources(entry, f"{package}.{entry.name}")
        elif entry.name.endswith(".py") and entry.name != "__init__.py":
            yield f"{package}.{entry.name.removesuffix('.py')}", entry.read_text(encoding="utf-8")


def read_module(name: str, text: str) -> Module:
    """The definitions and imports of a module. Raises InternalError for a statement that could not be copied on its own."""
    tree = ast.parse(text)
    lines = text.splitlines()
    module = Module(name, ast.get_docstring(tree) or "")
    for node in tree.body:
        if isinstance(node, ast.Import):
            module.imports.update({a.asname or a.name: (a.name, None) for a in node.names})
        elif isinstance(node, ast.ImportFrom):
            module.imports.update({a.asname or a.name: (node.module or "", a.name) for a in node.names})
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            _define(module, node.name, node, lines)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            _define(module, node.targets[0].id, node, lines)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            _define(module, node.target.id, node, lines)
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            raise InternalError(f"{name}, line {node.lineno}: only imports, functions, classes and constants can be copied")
    return module


def _define(module: Module, name: str, node: ast.stmt, lines: list[str]) -> None:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(d.lineno for d in decorators)]) - 1
    while first > 0 and lines[first - 1].startswith("#") and not lines[first - 1].startswith("# mypy:"):
        first -= 1
    own = lines[first : node.end_lineno]
    for text in _text_annotations(node):  # the copy begins with `from __future__ import annotations`, which needs no quotes
        row, place = text.lineno - 1 - first, slice(text.col_offset, text.end_col_offset)
        line = own[row].encode()
        own[row] = (line[: place.start] + str(text.value).encode() + line[place.stop :]).decode()
    source = "\n".join(own)
    uses = frozenset(_names(node, module.name))
    lazily = frozenset(alias.name for inside in ast.walk(node) if isinstance(inside, ast.Import) for alias in inside.names)
    module.definitions[name] = Definition(name, module.name, node.lineno, source, uses, lazily)


def _names(node: ast.AST, module: str) -> Iterable[str]:
    """Every name that is read below a node, those in annotations that are text included."""
    for child in ast.walk(node):
        if isinstance(child, ast.Name):
            yield child.id
        elif isinstance(child, ast.ImportFrom) and (child.module or "").startswith("specc"):
            raise InternalError(f"{module}, line {child.lineno}: an import of specc inside a definition cannot be copied")
    for text in _text_annotations(node):
        yield from (n.id for n in ast.walk(ast.parse(str(text.value))) if isinstance(n, ast.Name))


def _text_annotations(node: ast.AST) -> list[ast.Constant]:
    """Annotations that are text, or hold some, the last of a line first."""
    found: dict[tuple[int, int], ast.Constant] = {}
    for child in ast.walk(node):
        for annotation in (getattr(child, "annotation", None), getattr(child, "returns", None)):
            if isinstance(annotation, ast.expr):
                texts = [t for t in ast.walk(annotation) if isinstance(t, ast.Constant) and isinstance(t.value, str)]
                found.update({(t.lineno, t.col_offset): t for t in texts})
    return [found[place] for place in sorted(found, reverse=True)]


def bundle(targets: Iterable[str]) -> Bundle:
    """What the targets (`specc.runtime.layers.embedding.Embedding`) need, themselves included. Raises InternalError for one
    that is not there.
    """
    modules = runtime()
    chosen: dict[tuple[str, str], Definition] = {}
    imports: dict[str, tuple[str, str | None]] = {}
    built_on: dict[str, dict[str, None]] = {}
    waiting = [tuple(target.rsplit(".", 1)) for target in targets]
    while waiting:
        place = waiting.pop()
        if place in chosen:
            continue
        module = modules.get(place[0])
        if module is None or place[1] not in module.definitions:
            raise InternalError(f"there is no {place[0]}.{place[1]} to copy")
        definition = chosen[place[0], place[1]] = module.definitions[place[1]]
        for name in sorted(definition.uses):
            if name in module.definitions and name != definition.name:
                waiting.append((module.name, name))
            elif name in module.imports:
                source, there = module.imports[name]
                if source.startswith(f"{RUNTIME}."):
                    if there != name:
                        raise InternalError(f"{module.name} imports {source}.{there} as {name}, so it cannot be copied")
                    waiting.append((source, name))
                    built_on.setdefault(module.name, {})[source] = None
                elif imports.setdefault(name, (source, there)) != (source, there):
                    raise InternalError(f"{module.name} calls {source} {name}, and another module something else")
    by_module: dict[str, list[Definition]] = {}
    for definition in chosen.values():
        by_module.setdefault(definition.module, []).append(definition)
    ordered = _in_order(sorted(by_module, key=lambda name: (_place(_package(name)), name)), built_on)
    sections: dict[str, list[Definition]] = {}
    for name in ordered:
        sections.setdefault(_package(name), []).extend(sorted(by_module[name], key=lambda d: d.line))
    return Bundle([Section(TITLES.get(name, name), sections[name]) for name in sorted(sections, key=_place)], imports)


def _package(module: str) -> str:
    return module.removeprefix(f"{RUNTIME}.").split(".")[0]


def _place(package: str) -> int:
    """Where a package stands: what networks are made of comes first."""
    return list(TITLES).index(package) if package in TITLES else len(TITLES)


def _in_order(names: list[str], built_on: dict[str, dict[str, None]]) -> list[str]:
    """Modules, each after those that it imports from."""
    done: dict[str, None] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise InternalError(f"modules import each other: {' -> '.join([*above, name])}")
        if name not in done:
            for source in sorted(built_on.get(name, {})):
                visit(source, (*above, name))
            done[name] = None

    for name in names:
        visit(name, ())
    return list(done)


def import_lines(imports: dict[str, tuple[str, str | None]]) -> list[str]:
    """Import statements, sorted as isort and ruff do: the standard library, a blank line, other packages."""
    plain: dict[tuple[int, str], str] = {}
    froms: dict[tuple[int, str], list[str]] = {}
    for name, (module, there) in imports.items():
        section = 0 if module.split(".")[0] in sys.stdlib_module_names else 1
        if there is None:
            plain[section, module] = f"import {module}" + ("" if name == module else f" as {name}")
        else:
            froms.setdefault((section, module), []).append(there if there == name else f"{there} as {name}")
    sections = []
    for section in (0, 1):
        lines = [line for (where, _), line in sorted(plain.items(), key=lambda item: item[0]) if where == section]
        for (where, module), names in sorted(froms.items()):
            if where == section:
                lines.append(_from(module, sorted(names, key=_import_order)))
        if lines:
            sections.append("\n".join(lines))
    return sections


def _from(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= 88:  # what ruff takes by itself
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def _import_order(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest, as ruff sorts what one module gives."""
    own = name.split(" as ")[0]
    return (0 if own.isupper() and len(own) > 1 else 1 if own[0].isupper() else 2, own)
