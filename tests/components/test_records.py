"""What the records of targets name is there."""

from __future__ import annotations

from importlib import import_module

import pytest

from specc.targets.catalogue import targets
from specc.targets.target import Derivation, Reader


def named() -> list[str]:
    found = [path for path in targets() if path.startswith("specc.runtime.features.")]
    for one in targets().values():
        if isinstance(one, Reader):
            found += [one.head, one.chunks, one.size, one.cause]
        elif isinstance(one, Derivation):
            found.append(one.slices)
    return [path for path in found if path]


@pytest.mark.parametrize("path", named())
def test_it_is_there(path: str) -> None:
    module, _, name = path.rpartition(".")
    assert callable(getattr(import_module(module), name))


def test_any_path_has_a_reader() -> None:
    suffixes = [suffix for one in targets().values() if isinstance(one, Reader) for suffix in one.suffixes]
    assert len(set(suffixes)) == len(suffixes)
    assert "" in suffixes
