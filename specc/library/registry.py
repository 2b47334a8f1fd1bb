"""Finds a word by its kind (a folder) and name (a file). A file is imported when its word is first used."""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module

from specc.library.word import Word

_HERE = os.path.dirname(__file__)


@cache
def names(kind: str) -> tuple[str, ...]:
    """All words of a kind, sorted."""
    files = os.listdir(os.path.join(_HERE, kind))
    return tuple(sorted(f[:-3] for f in files if f.endswith(".py") and not f.startswith("_")))


@cache
def find(kind: str, name: str) -> Word | None:
    """The word of that name, or None."""
    if name not in names(kind):
        return None
    module = import_module(f"specc.library.{kind}.{name}")
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Word) and value.__module__ == module.__name__:
            return value()
    return None
