"""Helpers of the tests of layers and optimizers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import pytest


@pytest.fixture
def saved_and_loaded(tmp_path: Path) -> Callable[[keras.Model], Any]:
    """Writes a model to a `.keras` file and reads it back."""

    def both_ways(model: keras.Model) -> Any:
        model.save(tmp_path / "model.keras")
        return keras.models.load_model(tmp_path / "model.keras")

    return both_ways
