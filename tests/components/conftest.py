from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from specc.registry.lookup import including


@pytest.fixture
def extra(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The components of the folder `extra` are there."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    with including("extra"):
        yield
