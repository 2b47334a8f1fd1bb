"""Softmax over a catalogue, in full or over samples: the loss of each row."""
# mypy: disable-error-code="misc"

from typing import Any

import keras
from keras import ops

from .candidates import check_candidates, counting_rows
from .listed import listed
from .pool import PoolLoss
from .sharing import revived, shared_config


def cross_entropy(places: Any, logits: Any) -> Any:
    """-log softmax(logits)[place] of each row: places (batch,), logits (batch, n), float32, to (batch,).

    TensorFlow's own operation computes the gradient besides. Written out, four tensors of the size of the logits would wait for
    it, the dense gradient of the choice among them.
    """
    return ops.sparse_categorical_crossentropy(places, logits, from_logits=True)


@keras.saving.register_keras_serializable(package="specc")
class FullSoftmax(keras.layers.Layer):
    """The loss of each row, -log softmax(s / T)[positive], where s are the dot products of the query with all candidates.

    Args:
        candidates: a layer or model that maps ids (n,) to vectors (n, d).
        low, high: candidates are the ids in [low, high).
        temperature: T.
        ids: where only some ids are candidates, which (n,), rising; or n, for weights that come later.

    Raises:
        ValueError: no candidates, a temperature that is not above 0, or (when built) vectors of two widths.
    """

    def __init__(self, candidates: Any, low: int, high: int, temperature: float = 1.0, ids: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not low < high or not temperature > 0:
            raise ValueError(f"needs low < high and temperature > 0, not {low}, {high} and {temperature}")
        self.candidates = candidates
        self.low, self.high, self.temperature = low, high, temperature
        self.listed = listed(ids, low, high)
        self.size = high - low if self.listed is None else self.listed.size

    def build(self, query_shape: Any, positives_shape: Any = None, weights_shape: Any = None) -> None:
        """Checks the widths."""
        check_candidates(self.candidates, query_shape)

    def scores(self, query: Any) -> Any:
        """query (batch, d) to its dot products with the candidates, float32 (batch, size), without the temperature."""
        ids = ops.arange(self.low, self.high, dtype="int32") if self.listed is None else self.listed.ids
        vectors = self.candidates(ids)
        return ops.matmul(ops.cast(query, "float32"), ops.transpose(ops.cast(vectors, "float32")))

    def training_logits(self, query: Any) -> Any:
        """query (batch, d) to what the softmax is taken of, (batch, size), float32."""
        return self.scores(ops.cast(query, "float32") / self.temperature)

    def call(self, query: Any, positives: Any, weights: Any = None) -> Any:
        """The loss of each row, float32 (batch,).

        Args:
            query: (batch, d).
            positives: (batch,) or (batch, 1), integer ids. A row whose id is not a candidate has loss 0.
            weights: (batch,), optional. Rows of weight 0 have loss 0; otherwise weights do not matter here.
        """
        positives = ops.reshape(positives, (-1,))
        places = positives - self.low if self.listed is None else self.listed.places(positives)
        valid = counting_rows(places, weights, 0, self.size)
        losses = cross_entropy(ops.where(valid, places, 0), self.training_logits(query))
        return ops.where(valid, losses, 0.0)

    def compute_output_spec(self, query: Any, positives: Any, weights: Any = None) -> Any:
        """float32 (batch,)."""
        return keras.KerasTensor(query.shape[:1], dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the same layer of."""
        config = {
            "candidates": shared_config(self.candidates),
            "low": self.low,
            "high": self.high,
            "temperature": self.temperature,
            "ids": None if self.listed is None else self.size,
        }
        return {**super().get_config(), **config}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "FullSoftmax":
        """The layer that `get_config` described."""
        return cls(**{**config, "candidates": revived(config["candidates"])})


@keras.saving.register_keras_serializable(package="specc")
class SampledSoftmax(PoolLoss):
    """The loss of each row, -log softmax(scores)[0], over its positive and the pool of negatives [Bengio and Senecal 2008]."""

    def logits(self, own: Any, pool: Any, hidden: Any) -> Any:
        """Scores of positives (batch,) and of the pool (batch, n) side by side, (batch, 1 + n); positives in column 0.

        -1e9 stands where a row does not look: finite, so that gradients are, and nothing to a softmax in float32.
        """
        return ops.concatenate([ops.expand_dims(own, 1), ops.where(hidden, -1e9, pool)], axis=1)

    def row_losses(self, own: Any, pool: Any, hidden: Any) -> Any:
        """-log softmax(logits)[0] of each row, (batch,)."""
        return cross_entropy(ops.zeros_like(own, "int32"), self.logits(own, pool, hidden))
