"""What a file of a package imports, and how it calls what it imports."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from specc.backends.python.copier import RUNTIME, SUPPORT, support_module
from specc.backends.python.layout import WIDTH, Code, call
from specc.targets.catalogue import allowed, target_of

# The one argument that people give such an object without its name.
POSITIONAL = {"units", "rate", "learning_rate"}


class Imports:
    """Names that a file imports, each from one place; `modules` are those of the run time, or of another package, among
    these. own: what the file defines itself, which nothing is imported as.
    """

    def __init__(self, *own: str) -> None:
        self.own = own
        self.names: dict[str, tuple[str, str | None]] = {}
        self.modules: dict[str, None] = {}

    def need(self, module: str, name: str | None = None, called: str | None = None) -> str:
        """Imports a module, or a name of one, and returns what it is called here."""
        base = called = called or name or module
        number = 1
        while called in self.own or self.names.setdefault(called, (module, name)) != (module, name):
            number += 1
            called = f"{base}_{number}"
        return called

    def support(self, path: str) -> str:
        """A name of the run time, by its path there: `training.report.report`."""
        return self._copied(f"{RUNTIME}.{path}")

    def spell(self, target: str) -> str:
        """A target: `keras.layers.Dense` as `layers.Dense`, what is copied by its own name."""
        module, _, name = allowed(target).rpartition(".")
        if module == "keras":
            return f"{self.need('keras')}.{name}"
        if module.startswith("keras."):
            first, _, rest = module.removeprefix("keras.").partition(".")
            return ".".join(part for part in (self.need("keras", first), rest, name) if part)
        return self._copied(target)

    def make(self, target: str, config: Mapping[str, Code]) -> Code:
        """The call that makes an object."""
        names = list(config)
        if names and names[0] in POSITIONAL and target_of(target).kind in ("layer", "optimizer"):
            return call(self.spell(target), config[names[0]], **{k: v for k, v in config.items() if k != names[0]})
        return call(self.spell(target), **config)

    def _copied(self, path: str) -> str:
        module, _, name = path.rpartition(".")
        self.modules[module] = None
        return self.need(support_module(module), name)

    @property
    def text(self) -> str:
        """The statements, in the order of isort and ruff: the standard library, other packages, `support`, own files."""
        sections: dict[int, list[str]] = {}
        plain = sorted((module, name) for name, (module, there) in self.names.items() if there is None)
        for module, name in plain:
            line = f"import {module}" + ("" if name == module else f" as {name}")
            sections.setdefault(_section(module), []).append(line)
        froms: dict[str, list[str]] = {}
        for name, (module, there) in self.names.items():
            if there is not None:
                froms.setdefault(module, []).append(there if there == name else f"{there} as {name}")
        for module, names in sorted(froms.items()):
            sections.setdefault(_section(module), []).append(_from(module, sorted(names, key=_order)))
        return "\n\n".join("\n".join(sections[place]) for place in sorted(sections))


def _section(module: str) -> int:
    first = module.partition(".")[0]
    if not first:
        return 3
    return 0 if first in sys.stdlib_module_names else 2 if first == SUPPORT else 1


def _from(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= min(WIDTH, 88):  # what ruff takes by itself
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def _order(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest, as ruff sorts what one module gives."""
    own = name.split(" as ")[0]
    return (0 if own.isupper() and len(own) > 1 else 1 if own[0].isupper() else 2, own)
