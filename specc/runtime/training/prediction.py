"""Predictions of encoded rows."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..features.batches import Batches


def predict(model: Any, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What a model gives for encoded rows, by output, (rows, ...); takes from `inputs` those that the model has.

    Raises FloatingPointError for predictions that are NaN or infinite.
    """
    names = [tensor.name for tensor in model.inputs]
    batches = Batches({name: inputs[name] for name in names}, batch=8192)
    predicted: dict[str, Any] = model.predict(batches.dataset(), verbose=0)
    for name, values in predicted.items():
        if not np.isfinite(values).all():
            raise FloatingPointError(f"the predictions of {name} hold NaN or infinity")
    return predicted
