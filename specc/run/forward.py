"""Networks as functions that are traced once, whatever the number of rows and the width of bags, and are not compiled by XLA:
Keras' own `predict` compiles anew for each of these shapes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from specc.backends.keras import Models
from specc.run.blocks import AT_ONCE, in_blocks
from specc.run.candidates import CandidateSet
from specc.run.finite import check_candidates, check_predictions
from specc.runtime.training.prediction import as_inputs, traced


class Forward:
    """What the networks of some models give, each traced when it is first asked for."""

    def __init__(self, models: Models) -> None:
        self.models = models

    def predictions(self, inputs: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """What the model gives for encoded rows, by output (n, ...), for `AT_ONCE` rows at a time.

        inputs: arrays, Ragged or in column files (rows, ...), by input name. Raises NotFiniteError.
        """
        return self._outputs(self.models.model, inputs)

    def gates(self, inputs: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The weights of each gate (n, experts), for `AT_ONCE` rows at a time."""
        return self._outputs(self.models.gates, inputs)

    def candidates(self, loss: str, one: CandidateSet) -> Any:
        """The vectors of candidates (n, d). Raises NotFiniteError."""
        network = self.models.candidates[loss]
        function, ids = traced(network), one.ids
        starts = range(0, len(ids), AT_ONCE)
        vectors = np.concatenate([function(np.asarray(ids[i : i + AT_ONCE], network.input.dtype)).numpy() for i in starts])
        check_candidates(loss, vectors, one.values)
        return vectors

    def _outputs(self, network: Any, inputs: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        function, done = traced(network), 0
        for batch in in_blocks({tensor.name: inputs[tensor.name] for tensor in network.inputs}):
            outputs = {name: values.numpy() for name, values in function(as_inputs(network, batch)).items()}
            for name, values in outputs.items():
                check_predictions(name, values, done)
            done += len(next(iter(outputs.values())))
            yield outputs
