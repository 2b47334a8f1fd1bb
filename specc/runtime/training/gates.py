"""What the gates of a mixture do."""

from collections.abc import Mapping
from typing import Any

from specc.runtime.training.prediction import predict


def gate_weights(gates: Any, inputs: Mapping[str, Any], batch: int = 8192) -> dict[str, float]:
    """The mean weight of each expert of each gate over the rows, named `mix.level_1.gate_income.weight_0`, in their order.

    gates: a model from inputs to weights (rows, experts) by gate.
    """
    weights = predict(gates, inputs, batch)
    return {
        f"{name}.weight_{place}": float(mean)
        for name, values in weights.items()
        for place, mean in enumerate(values.mean(axis=0, dtype="float64"))
    }
