"""All targets, by their paths: a file of this folder lists its own in `TARGETS`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from specc.diagnostics import InternalError
from specc.targets.target import Target
from specc.targets.types import Column, ListOf

_packages = ["specc.targets"]  # whose files list targets


@contextmanager
def including(package: str) -> Iterator[None]:
    """Takes in the targets that the files of another package list, if there is one of that name: its code may run then."""
    _packages.append(package)
    targets.cache_clear()
    try:
        yield
    finally:
        _packages.remove(package)
        targets.cache_clear()


def _modules() -> Iterator[str]:
    for package in _packages:
        found = find_spec(package)
        for folder in found.submodule_search_locations or () if found is not None else ():
            names = (name.removesuffix(".py") for name in sorted(os.listdir(folder)) if name.endswith(".py"))
            yield from (f"{package}.{name}" for name in names if f"{package}.{name}" != __name__ and name != "__init__")


@cache
def targets() -> Mapping[str, Target]:
    """Every target by its path."""
    found: dict[str, Target] = {}
    for name in _modules():
        for one in getattr(import_module(name), "TARGETS", ()):
            if one.path in found:
                raise InternalError(f"{one.path} is declared twice")
            found[one.path] = one
    return found


def target_of(path: str) -> Target:
    """The record of a target. Raises InternalError for anything else: a saved IR is checked before this is asked."""
    found = targets().get(path)
    if found is None:
        raise InternalError(f"{path} is not a target that a Program may call")
    return found


def allowed(path: str) -> str:
    """The path, if a Program may call it. Raises InternalError."""
    return target_of(path).path


def columns_of(path: str, config: Mapping[str, Any]) -> list[str]:
    """The columns that an object reads, by the types of its arguments; conditions say themselves what they read."""
    target = targets().get(path)
    found: list[str] = []
    for name, type in target.arguments.items() if target is not None else ():
        value = config.get(name)
        if isinstance(type, Column) and isinstance(value, str):
            found.append(value)
        elif isinstance(type, ListOf) and isinstance(type.item, Column) and isinstance(value, list):
            found += value
    return list(dict.fromkeys(found))
