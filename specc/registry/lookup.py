"""Finds a component by its kind (a folder) and name (a file). A file is imported when its component is first used."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from specc.registry.component import Component
from specc.targets import catalogue

_packages = ["specc.components"]  # where components are looked for, in this order


@contextmanager
def including(package: str) -> Iterator[None]:
    """Looks for components in another package, too: `package.losses.hinge` is the loss `hinge`. What they become may be among
    the targets that the files of `package.targets` list, as those of `specc.targets` do.

    Only the caller of specc can allow this, never a spec: the package's code runs. A name that specc has itself stays specc's.
    """
    _packages.append(package)
    _forget()
    try:
        with catalogue.including(f"{package}.targets"):
            yield
    finally:
        _packages.remove(package)
        _forget()


def _forget() -> None:
    names.cache_clear()
    find.cache_clear()


def _folders(kind: str) -> Iterator[tuple[str, str]]:
    """The packages that hold a kind, each with its folder."""
    for package in _packages:
        for place in _places(package):
            folder = os.path.join(place, kind)
            if os.path.isdir(folder):
                yield f"{package}.{kind}", folder


def _places(package: str) -> list[str]:
    found = find_spec(package)
    return list(found.submodule_search_locations or ()) if found is not None else []


def _files(folder: str) -> Iterator[str]:
    return (name[:-3] for name in os.listdir(folder) if name.endswith(".py") and not name.startswith("_"))


def kinds() -> tuple[str, ...]:
    """All kinds of components, sorted."""
    found = {kind for place in _places("specc.components") for kind in os.listdir(place)}
    return tuple(sorted(kind for kind in found if not kind.startswith("_") and "." not in kind))


@cache
def names(kind: str) -> tuple[str, ...]:
    """All components of a kind, sorted."""
    return tuple(sorted({name for _, folder in _folders(kind) for name in _files(folder)}))


@cache
def find(kind: str, name: str) -> Component | None:
    """The component of that name, or None."""
    for package, folder in _folders(kind):
        if name not in set(_files(folder)):
            continue
        module = import_module(f"{package}.{name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Component) and value.__module__ == module.__name__:
                return value()
    return None
