"""Predictions of encoded rows."""

from collections.abc import Mapping
from typing import Any

from specc.runtime.features.batches import Batches


def predict(model: Any, inputs: Mapping[str, Any], batch: int = 8192) -> dict[str, Any]:
    """What a model gives for encoded rows, by output, (rows, ...); takes from `inputs` those that the model has."""
    names = [tensor.name for tensor in model.inputs]
    predicted: dict[str, Any] = model.predict(Batches({name: inputs[name] for name in names}, batch=batch), verbose=0)
    return predicted
