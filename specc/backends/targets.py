"""How a Program's targets and values are written in a file, and what the file has to import or to copy for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from specc.backends.layout import Code, Text, call, listing, plain, table
from specc.backends.literals import literal
from specc.diagnostics import InternalError
from specc.ir import program as ir
from specc.targets.catalogue import allowed

# The one argument that people give such a Keras class without its name.
POSITIONAL = {"units", "rate", "learning_rate"}


def find(target: str) -> Any:
    """The class or function that a target names, from the allow-list."""
    return named(allowed(target))


def named(path: str) -> Any:
    """The class or function of a path that stands in the catalogue; never one out of a Program, which `find` looks up."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def instance(target: str, config: Mapping[str, Any]) -> Any:
    """The object of a target, with the objects in its configuration."""
    given = {key: instance(one.target, one.config) if isinstance(one, ir.Made) else one for key, one in config.items()}
    return find(target)(**given)


class Targets:
    """Spells targets, and remembers them: `keras` parts to import, `copied` for the bundle."""

    def __init__(self) -> None:
        self.imports: dict[str, tuple[str, str | None]] = {}
        self.copied: dict[str, None] = {}

    def spell(self, target: str) -> str:
        """`keras.layers.Dense` as `layers.Dense`; what the runtime defines by its own name."""
        module, _, name = allowed(target).rpartition(".")
        if module.startswith("keras."):
            part = module.removeprefix("keras.")
            first = part.partition(".")[0]
            self.imports[first] = ("keras", first)
            return f"{part}.{name}"
        self.copied[target] = None
        return name

    def copy(self, target: str) -> str:
        """As `spell`, for what the file itself calls, whatever the program says."""
        self.copied[f"specc.runtime.{target}"] = None
        return target.rpartition(".")[2]

    def model(self, network: ir.Network) -> str:
        """The class of a network's model."""
        if network.target.startswith("keras."):
            self.need("keras", "keras", None)
            return network.target
        return self.spell(network.target)

    def need(self, name: str, module: str, there: str | None) -> None:
        """An import of the file's own."""
        if self.imports.setdefault(name, (module, there)) != (module, there):
            raise InternalError(f"two things to import as {name}")

    def make(self, target: str, config: Mapping[str, Code]) -> Code:
        """The call that makes an object."""
        names = list(config)
        if target.startswith(("keras.", "specc.runtime.optimizers.")) and names and names[0] in POSITIONAL:
            return call(self.spell(target), config[names[0]], **{k: v for k, v in config.items() if k != names[0]})
        return call(self.spell(target), **config)


class Spelling:
    """Configuration values as code; what is known only when the program runs is looked up in variables of these names."""

    def __init__(
        self, program: ir.Program, targets: Targets, models: Mapping[str, str], layers: Mapping[str, str], learned: set[str]
    ) -> None:
        self.program = program
        self.targets = targets
        self.models = models
        self.layers = layers
        self.learned = learned
        self.names = feature_names(program)
        self.looked_up: dict[str, None] = {}  # `sizes`, `counts`, ..., `SIZES`: which of them are asked

    def config(self, config: Mapping[str, Any]) -> dict[str, Code]:
        """Every value of a configuration."""
        return {key: self.value(value) for key, value in config.items()}

    def value(self, value: Any) -> Code:
        """One value of a configuration."""
        if isinstance(value, ir.Size):
            known = self.program.sizes.get(value.size)
            if known is not None:
                return plain(known)
            return self._ask("SIZES" if value.size in self.learned else "sizes", value.size)
        if isinstance(value, ir.Counts):
            return self._ask("counts", value.counts)
        if isinstance(value, ir.CandidateIds):
            self.looked_up["candidate_ids"] = None
            return Text(f"candidate_ids[{literal(value.candidates)}]")
        if isinstance(value, ir.Catalogue):
            return self._ask("catalogue", value.catalogue)
        if isinstance(value, ir.Made) and not value.config and value.target.startswith("keras.initializers."):
            name = allowed(value.target).rpartition(".")[2]
            return plain(re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower())
        if isinstance(value, ir.Made):
            return self.targets.make(value.target, self.config(value.config))
        if isinstance(value, ir.ModelRef):
            return Text(self.models[value.model])
        if isinstance(value, list):
            return listing(self.value(item) for item in value)
        return table((k, self.value(v)) for k, v in value.items()) if isinstance(value, dict) else plain(value)

    def _ask(self, what: str, name: str) -> Code:
        self.looked_up[what] = None
        return Text(f"{what}[{literal(self.names.get(name, name))}]")


def feature_names(program: ir.Program) -> dict[str, str]:
    """The name of each column's feature: that of the input that it is, else its own."""
    taken = {tensor.name for tensor in program.inputs}
    inputs = {tensor.column: tensor.name for tensor in program.inputs if tensor.column is not None}
    names: dict[str, str] = {}
    for feature in program.data.features:
        own = f"{feature.name}.ids" if feature.name in taken else feature.name
        names[feature.name] = inputs.get(feature.name, own)
    return names
