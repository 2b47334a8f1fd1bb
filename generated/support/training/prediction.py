"""What networks give for encoded rows, as functions that are traced once, whatever the number of rows and the width of bags."""
# mypy: disable-error-code="misc"

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from ..features.ragged import Ragged

AT_ONCE = 8192  # rows


def traced(network: Any) -> Any:
    """A network as a function, not compiled by XLA: Keras' own `predict` compiles again for each shape of its inputs."""
    if not hasattr(network, "as_traced"):  # kept with the network, and gone with it
        signature = keras.tree.map_structure(lambda tensor: tf.TensorSpec(tensor.shape, tensor.dtype), network.input)
        network.as_traced = tf.function(
            lambda inputs: network(inputs, training=False), input_signature=[signature], autograph=False
        )
    return network.as_traced


def as_inputs(network: Any, arrays: Mapping[str, Any]) -> dict[str, Any]:
    """Arrays (rows, ...) by name as a network takes them: a number of each row as (rows, 1)."""
    numbers = {tensor.name for tensor in network.inputs if tensor.shape == (None, 1)}
    return {name: np.reshape(values, (-1, 1)) if name in numbers else values for name, values in arrays.items()}


def predict(network: Any, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What a network gives for encoded rows, by output, (rows, ...); takes from `inputs` those that the network has.

    Raises FloatingPointError for predictions that are NaN or infinite.
    """
    own = {tensor.name: inputs[tensor.name] for tensor in network.inputs}
    rows, found = len(next(iter(own.values()))), dict[str, list[Any]]()
    for start in range(0, rows, AT_ONCE):
        block = {name: array[start : start + AT_ONCE] for name, array in own.items()}
        block = {name: array.padded(slice(None)) if isinstance(array, Ragged) else array for name, array in block.items()}
        for name, values in traced(network)(as_inputs(network, block)).items():
            found.setdefault(name, []).append(values.numpy())
    outputs = {name: np.concatenate(parts) for name, parts in found.items()}
    for name, values in outputs.items():
        if not np.isfinite(values).all():
            raise FloatingPointError(f"the predictions of {name} hold NaN or infinity")
    return outputs


def vectors_of(network: Any, ids: Any) -> Any:
    """The vectors (n, d) that a network gives for candidate ids (n,)."""
    blocks = [np.asarray(ids[start : start + AT_ONCE], network.input.dtype) for start in range(0, len(ids), AT_ONCE)]
    return np.concatenate([traced(network)(block).numpy() for block in blocks])
