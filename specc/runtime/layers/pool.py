"""Losses over a row's positive and a pool of negatives that the batch shares: all that they have in common."""
# mypy: disable-error-code="misc"

from typing import Any

import keras
from keras import ops

from .candidates import check_candidates, counting_rows
from .samplers import InBatch
from .sharing import revived, shared_config


@keras.saving.register_keras_serializable(package="specc")  # as its subclasses are, which have their configuration from it
class PoolLoss(keras.layers.Layer):
    """A loss of each row, which `row_losses` says, over its positive and a pool of negatives that the batch shares.

    The pool is the batch's positives, with `in_batch`, and then each sampler's draws. Where it holds a row's own positive (an
    accidental hit) the row does not see it. Rows without a loss put nothing into the pool.

    A score is s / T, with `logq` less log E: s is the dot product, T the temperature, E the expected count of the id in the
    pool, over all samplers together, for the positive too [Bengio and Senecal 2008; Yi et al. 2019]. An id that cannot be in
    the pool (E = 0), as a positive below a sampler's `min_id`, is not corrected: its own score is always there.

    Args:
        candidates: a layer or model that maps ids (n,) to vectors (n, d).
        low, high: candidates are the ids in [low, high).
        samplers: layers with `sample()` and `inclusion(ids, rows)`, as in `specc.runtime.layers.samplers`.
        in_batch: the batch's positives are negatives for the other rows.
        logq: correct for the sampling.
        temperature: T.
        counts: (high,), how often each id is a positive in training; needed with `in_batch` and `logq` together.

    Raises:
        ValueError: no candidates, no negatives, a temperature that is not above 0, or (when built) vectors of two widths.
    """

    def __init__(
        self,
        candidates: Any,
        low: int,
        high: int,
        samplers: Any = (),
        in_batch: bool = False,
        logq: bool = False,
        temperature: float = 1.0,
        counts: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not low < high or not temperature > 0:
            raise ValueError(f"needs low < high and temperature > 0, not {low}, {high} and {temperature}")
        if not samplers and not in_batch:
            raise ValueError("a pool of negatives needs a sampler, or in_batch")
        self.candidates, self.samplers = candidates, list(samplers)
        self.low, self.high, self.temperature = low, high, temperature
        self.in_batch, self.logq = in_batch, logq
        self.positives = InBatch(low, high, counts) if in_batch and logq else None

    def build(self, query_shape: Any, positives_shape: Any = None, weights_shape: Any = None) -> None:
        """Checks the widths."""
        check_candidates(self.candidates, query_shape)

    def inclusion(self, ids: Any, rows: Any) -> Any:
        """How often each id is in the pool of a batch with `rows` valid rows on average, float32, in the shape of `ids`."""
        samplers = self.samplers if self.positives is None else [*self.samplers, self.positives]
        counts = [sampler.inclusion(ids, rows) for sampler in samplers]
        return sum(counts[1:], start=counts[0])

    def scores(self, query: Any, positives: Any, weights: Any = None) -> tuple[Any, Any, Any]:
        """Scores of positives (batch,) and of the pool (batch, n), float32, and where a row does not look, bool (batch, n).

        Arguments as `call`.
        """
        positives = ops.cast(ops.reshape(positives, (-1,)), "int32")
        valid = counting_rows(positives, weights, self.low, self.high)
        positives = ops.where(valid, positives, self.low)
        drawn = [sampler.sample() for sampler in self.samplers]
        ids = ops.concatenate([positives, *drawn])
        vectors = ops.cast(self.candidates(ids), "float32")
        query = ops.cast(query, "float32") / self.temperature
        batch = ops.shape(positives)[0]
        first = 0 if self.in_batch else batch
        own = ops.sum(query * vectors[:batch], axis=1)
        pool, shared = ids[first:], ops.matmul(query, ops.transpose(vectors[first:]))
        if self.logq:
            rows = ops.sum(ops.cast(valid, "float32"))
            own = own - self.correction(positives, rows)
            shared = shared - self.correction(pool, rows)
        hidden = ops.expand_dims(positives, 1) == ops.expand_dims(pool, 0)
        if self.in_batch:
            absent = ops.concatenate([ops.logical_not(valid), *(ops.zeros_like(each, "bool") for each in drawn)])
            hidden = ops.logical_or(hidden, absent)
        return own, shared, hidden

    def correction(self, ids: Any, rows: Any) -> Any:
        """log E of each id, and 0 where E is 0, float32, in the shape of `ids`."""
        expected = self.inclusion(ids, rows)
        return ops.where(expected > 0, ops.log(ops.where(expected > 0, expected, 1.0)), 0.0)

    def row_losses(self, own: Any, pool: Any, hidden: Any) -> Any:
        """The loss of each row, float32 (batch,), by what `scores` gives; finite also where a row does not count."""
        raise NotImplementedError

    def call(self, query: Any, positives: Any, weights: Any = None) -> Any:
        """The loss of each row, float32 (batch,).

        Args:
            query: (batch, d).
            positives: (batch,) or (batch, 1), integer ids. A row whose id is not a candidate has loss 0.
            weights: (batch,), optional. Rows of weight 0 have loss 0; otherwise weights do not matter here.
        """
        valid = counting_rows(ops.reshape(positives, (-1,)), weights, self.low, self.high)
        return ops.where(valid, self.row_losses(*self.scores(query, positives, weights)), 0.0)

    def compute_output_spec(self, query: Any, positives: Any, weights: Any = None) -> Any:
        """float32 (batch,)."""
        return keras.KerasTensor(query.shape[:1], dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the same layer of; the shares of the positives come with the weights."""
        config = {
            "candidates": shared_config(self.candidates),
            "low": self.low,
            "high": self.high,
            "samplers": [keras.saving.serialize_keras_object(sampler) for sampler in self.samplers],
            "in_batch": self.in_batch,
            "logq": self.logq,
            "temperature": self.temperature,
        }
        return {**super().get_config(), **config}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "PoolLoss":
        """The layer that `get_config` described."""
        samplers = [keras.saving.deserialize_keras_object(sampler) for sampler in config["samplers"]]
        return cls(**{**config, "candidates": revived(config["candidates"]), "samplers": samplers})
