"""What training leaves in a folder: `model.keras`, the encoders' `features.json`, and `metrics.json`."""

import json
import math
import os
from typing import Any

from ..features.features import Features


def save(folder: str, model: Any, features: Features, metrics: Any) -> None:
    """Writes the model, the fitted encoders, and metrics, in which NaN becomes null."""
    os.makedirs(folder, exist_ok=True)
    model.save(os.path.join(folder, "model.keras"))
    for name, value in (("features.json", features.state()), ("metrics.json", without_nan(metrics))):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            json.dump(value, file, indent=1)
            file.write("\n")


def load_features(folder: str, features: Features) -> Features:
    """Features with the encoders that were fitted. Raises DataError where these are of other features."""
    with open(os.path.join(folder, "features.json"), encoding="utf-8") as file:
        return Features.from_state(features.features.values(), json.load(file))


def without_nan(value: Any) -> Any:
    """Numbers that JSON has."""
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
