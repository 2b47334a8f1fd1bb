"""Values in the configurations of a Program as code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from specc.backends.python.imports import Imports
from specc.backends.python.layout import Code, Text, listing, plain, table
from specc.backends.python.literals import literal
from specc.backends.targets import feature_names
from specc.ir import program as ir
from specc.targets.catalogue import allowed, target_of


class Spelling:
    """Configuration values as code; what is known only when the program runs is looked up in variables of these names."""

    def __init__(
        self, program: ir.Program, imports: Imports, models: Mapping[str, str], layers: Mapping[str, str], learned: set[str]
    ) -> None:
        self.program = program
        self.imports = imports
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
        if isinstance(value, ir.ObjectConfig) and not value.config and _is_named(value.target):
            name = allowed(value.target).rpartition(".")[2]
            return plain(re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower())
        if isinstance(value, ir.ObjectConfig):
            return self.imports.make(value.target, self.config(value.config))
        if isinstance(value, ir.ModelRef):
            return Text(self.models[value.model])
        if isinstance(value, list):
            return listing(self.value(item) for item in value)
        return table((k, self.value(v)) for k, v in value.items()) if isinstance(value, dict) else plain(value)

    def _ask(self, what: str, name: str) -> Code:
        self.looked_up[what] = None
        return Text(f"{what}[{literal(self.names.get(name, name))}]")


def _is_named(target: str) -> bool:
    """Whether Keras finds an object by the name of its class in lower case."""
    return target_of(target).kind == "initializer" and target.startswith("keras.")
