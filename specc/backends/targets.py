"""What a Program's targets are in Python, and what the features of its columns are called."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from specc.ir import program as ir
from specc.targets.catalogue import allowed


def find(target: str) -> Any:
    """The class or function that a target names, from the allow-list."""
    return named(allowed(target))


def named(path: str) -> Any:
    """The class or function of a path that stands in the catalogue; never one out of a Program, which `find` looks up."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def instance(target: str, config: Mapping[str, Any]) -> Any:
    """The object of a target, with the objects in its configuration."""
    given = {key: instance(one.target, one.config) if isinstance(one, ir.ObjectConfig) else one for key, one in config.items()}
    return find(target)(**given)


def feature_names(program: ir.Program) -> dict[str, str]:
    """The name of each column's feature: that of the input that it is, else its own."""
    taken = {tensor.name for tensor in program.inputs}
    inputs = {tensor.column: tensor.name for tensor in program.inputs if tensor.column is not None}
    names: dict[str, str] = {}
    for feature in program.data.features:
        own = f"{feature.name}.ids" if feature.name in taken else feature.name
        names[feature.name] = inputs.get(feature.name, own)
    return names
