"""What the gates of a mixture do."""

from collections.abc import Mapping
from typing import Any

from .prediction import predict


def gate_weights(gates: Any, inputs: Mapping[str, Any]) -> dict[str, float]:
    """The mean weight of each expert of each gate over the rows, named `mix.level_1.gate_income.weight_0`, in their order.

    gates: a model from inputs to weights (rows, experts) by gate.
    """
    weights = predict(gates, inputs)
    return by_expert({name: values.mean(axis=0, dtype="float64") for name, values in weights.items()})


def by_expert(means: Mapping[str, Any]) -> dict[str, float]:
    """Weights as of `gate_weights`, of means (experts,) by gate."""
    return {f"{name}.weight_{place}": float(mean) for name, values in means.items() for place, mean in enumerate(values)}
