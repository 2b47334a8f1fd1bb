"""The modules of the run time that a package needs, as files of its folder `support/`, each as it is in the library.

Nothing is imported: modules are read as text, so that printing a package needs neither TensorFlow nor polars.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from importlib.util import find_spec

from specc.diagnostics import InternalError

RUNTIME = "specc.runtime"
SUPPORT = "support"


def support_module(module: str) -> str:
    """What a module is called in a package: `specc.runtime.layers.mixing` is `support.layers.mixing`; a module of another
    package, `extra.layers`, keeps a folder of its own, `support.extra.layers`.
    """
    if module == RUNTIME or module.startswith(f"{RUNTIME}."):
        return SUPPORT + module.removeprefix(RUNTIME)
    return f"{SUPPORT}.{module}"


def copied(modules: Iterable[str]) -> dict[str, str]:
    """The files of `support/` by path: these modules and all that they import of the run time, or of their own package.

    Raises InternalError for a module that is not there, or that needs more of specc than the run time.
    """
    found: dict[str, str] = {}
    waiting = list(modules)
    seen: set[str] = set()
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        text, is_package = _source(module)
        name = support_module(module).replace(".", "/")
        found[f"{name}/__init__.py" if is_package else f"{name}.py"] = _moved(module, text)
        waiting += _imported(module, text, is_package)
        parent = module.rpartition(".")[0]
        if module != RUNTIME:
            waiting.append(parent or RUNTIME)
    return dict(sorted(found.items()))


def _source(module: str) -> tuple[str, bool]:
    """The text of a module, and whether it is a package."""
    path = os.path.join(_root(module.partition(".")[0]), *module.split(".")[1:])
    for file, is_package in ((os.path.join(path, "__init__.py"), True), (f"{path}.py", False)):
        if os.path.isfile(file):
            with open(file, encoding="utf-8", newline="") as text:
                return text.read(), is_package
    raise InternalError(f"there is no module {module} to copy")


def _root(package: str) -> str:
    found = find_spec(package)
    if found is None or found.origin is None:
        raise InternalError(f"there is no package {package} to copy modules of")
    return os.path.dirname(found.origin)


def _is_module(module: str) -> bool:
    try:
        _source(module)
    except InternalError:
        return False
    return True


def _imported(module: str, text: str, is_package: bool) -> Iterator[str]:
    """The modules that one imports, also in its functions, which have to be copied with it."""
    package = module if is_package else module.rpartition(".")[0]
    for node in _imports(module, text):
        above = package.rsplit(".", node.level - 1)[0] if node.level else ""
        source = ".".join(part for part in (above, node.module) if part)
        if _is_copied(source, module):
            names = [f"{source}.{alias.name}" for alias in node.names]
            yield from [name for name in names if _is_module(name)] or [source]


def _is_copied(source: str, module: str) -> bool:
    own = module.partition(".")[0]
    return source == RUNTIME or source.startswith(f"{RUNTIME}.") or (own != "specc" and source.partition(".")[0] == own)


def _imports(module: str, text: str) -> list[ast.ImportFrom]:
    """The statements `from ... import ...` of a module. Raises InternalError for what a package could not import."""
    own = {"specc", module.partition(".")[0]}
    found: list[ast.ImportFrom] = []
    for node in ast.walk(ast.parse(text)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            found.append(node)
            names = [] if node.level or _is_copied(str(node.module), module) else [str(node.module)]
        for name in names:
            if name.partition(".")[0] in own:
                raise InternalError(f"{module} imports {name}, which cannot be copied into a package")
    return found


def _moved(module: str, text: str) -> str:
    """The text of a module in `support/`: the run time's as it is, for it imports relatively; that of another package, with
    what it imports absolutely where that is now.
    """
    lines = text.splitlines(keepends=True)
    for node in _imports(module, text):
        source = str(node.module)
        if not node.level and _is_copied(source, module):
            line = lines[node.lineno - 1]
            lines[node.lineno - 1] = line.replace(f"from {source} ", f"from {support_module(source)} ", 1)
    return "".join(lines)
