"""Networks as functions that are traced once, whatever the number of rows and the width of bags, and are not compiled by XLA:
Keras' own `predict` compiles anew for each of these shapes.
"""
# mypy: disable-error-code="misc"

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from specc.backends.run import Models
from specc.training.blocks import AT_ONCE, in_blocks


class Forward:
    """What the networks of some models give, each traced when it is first asked for."""

    def __init__(self, models: Models) -> None:
        self.models = models
        self._traced = cache(_traced)

    def predictions(self, inputs: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """What the model gives for encoded rows, by output (n, ...), for `AT_ONCE` rows at a time.

        inputs: arrays, Ragged or Stored (rows, ...), by input name. Raises FloatingPointError for predictions that are NaN or
        infinite.
        """
        return self._outputs(self.models.model, inputs)

    def gates(self, inputs: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The weights of each gate (n, experts), for `AT_ONCE` rows at a time."""
        return self._outputs(self.models.gates, inputs)

    def candidates(self, loss: str, ids: Any) -> Any:
        """The vectors of candidates (n, d); ids (n,)."""
        network = self.models.candidates[loss]
        function = self._traced(network)
        starts = range(0, len(ids), AT_ONCE)
        return np.concatenate([function(np.asarray(ids[i : i + AT_ONCE], network.input.dtype)).numpy() for i in starts])

    def _outputs(self, network: Any, inputs: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        function = self._traced(network)
        numbers = [tensor.name for tensor in network.inputs if tensor.shape == (None, 1)]  # one a row
        for batch in in_blocks({tensor.name: inputs[tensor.name] for tensor in network.inputs}):
            batch |= {name: tf.reshape(batch[name], (-1, 1)) for name in numbers}
            outputs = {name: values.numpy() for name, values in function(batch).items()}
            for name, values in outputs.items():
                if not np.isfinite(values).all():
                    raise FloatingPointError(f"the predictions of {name} hold NaN or infinity")
            yield outputs


def _traced(network: Any) -> Any:
    signature = keras.tree.map_structure(lambda tensor: tf.TensorSpec(tensor.shape, tensor.dtype), network.input)
    return tf.function(lambda inputs: network(inputs, training=False), input_signature=[signature], autograph=False)
