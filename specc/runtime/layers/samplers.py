"""Samplers of negatives, each with the probability of every id to be in its sample.

A sampler is a layer with two methods:

    sample()                a fresh sample, int32 (n,)
    inclusion(ids, rows)    the probability that an id is in the pool of a batch with `rows` valid rows, float32, in the shape
                            of `ids`; a sample of distinct ids is the same whatever `rows` are
"""
# mypy: disable-error-code="misc"

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from .inclusion import (
    draw_by_inclusion,
    inclusion_probabilities,
    log_uniform_probabilities,
    popularity_probabilities,
    running_sum,
)
from .listed import listed


def expected_from_cumulative(cumulative: Any, start: int, ids: Any) -> Any:
    """The inclusion probability of each id, float32, in the shape of `ids`; the table begins at `start`, outside it is 0."""
    position = ops.cast(ids, "int32") - start
    within = ops.logical_and(position >= 0, position < cumulative.shape[0])
    position = ops.where(within, position, 0)
    below = ops.where(position > 0, ops.take(cumulative, ops.maximum(position - 1, 0)), 0.0)
    return ops.cast(ops.where(within, ops.take(cumulative, position) - below, 0.0), "float32")


@keras.saving.register_keras_serializable(package="specc")
class Uniform(keras.layers.Layer):
    """n distinct candidates, all with the same probability, n / size; each draw costs n.

    Args:
        n: ids in a sample.
        low, high: candidates are the ids in [low, high).
        ids: where only some of them are, which (size,), rising; or size, for weights that come later.
        seed: of its generator.

    Raises:
        ValueError: n below 1 or more than there are candidates.
    """

    def __init__(
        self,
        n: int,
        low: int,
        high: int,
        ids: Any = None,
        seed: int | None = None,
        name: str = "uniform",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.listed = listed(ids, low, high)
        self.size = high - low if self.listed is None else self.listed.size
        if not 1 <= n <= self.size:
            raise ValueError(f"cannot draw {n} distinct ids from {self.size} candidates")
        self.n, self.low, self.high, self.seed = n, low, high, seed
        self.generator = keras.random.SeedGenerator(seed)

    def sample(self) -> Any:
        """A fresh sample, int32 (n,): the first n places of a random permutation."""
        places = self.places()
        return places + self.low if self.listed is None else ops.take(self.listed.ids, places)

    def places(self) -> Any:
        """Places of candidates, int32 (n,)."""
        if self.size <= 8192:
            keys = keras.random.uniform((self.size,), seed=self.generator)
            return ops.cast(ops.top_k(keys, self.n, sorted=False)[1], "int32")
        # A permutation that computes only the places asked for; it walks in circles where there are few ids.
        key = tf.random.stateless_uniform((3,), self.generator.next(), None, None, tf.uint32)
        index = tf.range(self.n, dtype=tf.int32)
        # The public wrapper has 4 rounds, too few for even probabilities; the seed is hashed first for the same reason.
        return tf.raw_ops.RandomIndexShuffle(index=index, seed=key, max_index=self.size - 1, rounds=24)

    def inclusion(self, ids: Any, rows: Any) -> Any:
        """The probability of each id to be in a sample, float32, in the shape of `ids`."""
        within = ops.logical_and(ids >= self.low, ids < self.high) if self.listed is None else self.listed.places(ids) >= 0
        return ops.cast(within, "float32") * (self.n / self.size)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the same sampler of."""
        ids = None if self.listed is None else self.size
        return {**super().get_config(), "n": self.n, "low": self.low, "high": self.high, "ids": ids, "seed": self.seed}


@keras.saving.register_keras_serializable(package="specc")
class LogUniform(keras.layers.Layer):
    """n distinct candidates from `min_id` on, the low ones more often: for ids ordered by falling popularity.

    An id's probability to be in the sample is 1 - (1 - p) ** t with p(k) = log((k + 2) / (k + 1)) / log(size + 1), k the
    number of lower candidates, and t such that the sum is n (`inclusion_probabilities`). Every candidate can be drawn.

    Args:
        n: ids in a sample.
        low, high: candidates are the ids in [low, high).
        ids: where only some of them are, which, rising; or how many from `min_id` on, for weights that come later.
        min_id: ids below it are not drawn.
        seed: of its generator.

    Raises:
        ValueError: n below 1 or more than there are candidates.
    """

    carries_data = True

    def __init__(
        self,
        n: int,
        low: int,
        high: int,
        ids: Any = None,
        min_id: int = 0,
        seed: int | None = None,
        name: str = "log_uniform",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.n, self.low, self.high, self.min_id, self.seed = n, low, high, min_id, seed
        self.start = max(low, min_id)
        if ids is not None and not isinstance(ids, int):
            ids = np.asarray(ids)[np.searchsorted(ids, self.start) :]
        self.listed = listed(ids, self.start, high)
        self.size = max(high - self.start, 0) if self.listed is None else self.listed.size
        self.generator = keras.random.SeedGenerator(seed)
        p = log_uniform_probabilities(self.size)
        table = running_sum(inclusion_probabilities(p, n), n)
        self.cumulative = self.add_weight(
            name="cumulative",
            shape=table.shape,
            dtype="float64",
            initializer=lambda shape, dtype=None: ops.convert_to_tensor(table, dtype),
            trainable=False,
            autocast=False,
        )

    def sample(self) -> Any:
        """A fresh sample, int32 (n,)."""
        places = draw_by_inclusion(self.cumulative, self.n, self.generator)
        return places + self.start if self.listed is None else ops.take(self.listed.ids, places)

    def inclusion(self, ids: Any, rows: Any) -> Any:
        """The probability of each id to be in a sample, float32, in the shape of `ids`."""
        if self.listed is not None:
            return expected_from_cumulative(self.cumulative, 0, self.listed.places(ids))
        return expected_from_cumulative(self.cumulative, self.start, ids)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the same sampler of."""
        ids = None if self.listed is None else self.size
        config = {"n": self.n, "low": self.low, "high": self.high, "ids": ids, "min_id": self.min_id, "seed": self.seed}
        return {**super().get_config(), **config}


@keras.saving.register_keras_serializable(package="specc")
class Popularity(keras.layers.Layer):
    """n distinct ids of [low, high), those that occur often more often.

    An id's probability to be in the sample is 1 - (1 - p) ** t with p proportional to count ** power and t such that the sum
    is n (`inclusion_probabilities`). Ids that never occurred are never drawn. What draws, running sums, and what is expected
    are weights that are not trained: `.keras` files carry them, the configuration does not. (Of two sums the difference is
    nothing where an id is rare: with counts 1000 and 1 and a power of 8 the one is drawn 1e24 times as often.)

    Args:
        n: ids in a sample.
        low, high: candidates are the ids in [low, high).
        counts: (high,), how often each id occurs in training; None for weights that come later.
        power: 1 draws in proportion, 0 evenly among those that occur.
        seed: of its generator.

    Raises:
        ValueError: n below 1 or more than there are candidates, or counts of another shape or below 0.
    """

    carries_data = True

    def __init__(
        self,
        n: int,
        low: int,
        high: int,
        counts: Any = None,
        power: float = 0.75,
        seed: int | None = None,
        name: str = "popularity",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.n, self.low, self.high, self.power, self.seed = n, low, high, power, seed
        self.generator = keras.random.SeedGenerator(seed)
        if counts is None:
            inclusion_probabilities(np.ones(high - low), n)  # the same refusals
            table = included = np.zeros(high - low)
        else:
            counts = np.asarray(counts)
            if counts.shape != (high,) or (counts < 0).any():
                raise ValueError(f"counts must be {high} numbers, none below 0, but have the shape {counts.shape}")
            included = inclusion_probabilities(popularity_probabilities(counts[low:], power), n)
            table = running_sum(included, n)
            included = np.where(included > 0, np.maximum(included, np.finfo("float32").tiny), 0)
        self.cumulative = self.add_weight(
            name="cumulative",
            shape=table.shape,
            dtype="float64",
            initializer=lambda shape, dtype=None: ops.convert_to_tensor(table, dtype),
            trainable=False,
            autocast=False,
        )

        self.expected = self.add_weight(
            name="expected",
            shape=included.shape,
            dtype="float32",
            initializer=lambda shape, dtype=None: ops.convert_to_tensor(included, dtype),
            trainable=False,
            autocast=False,
        )

    def sample(self) -> Any:
        """A fresh sample, int32 (n,)."""
        return draw_by_inclusion(self.cumulative, self.n, self.generator) + self.low

    def inclusion(self, ids: Any, rows: Any) -> Any:
        """The probability of each id to be in a sample, float32, in the shape of `ids`."""
        position = ops.cast(ids, "int32") - self.low
        within = ops.logical_and(position >= 0, position < self.high - self.low)
        return ops.where(within, ops.take(self.expected, ops.where(within, position, 0)), 0.0)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes a sampler of the same size of; its tables come with the weights."""
        config = {"n": self.n, "low": self.low, "high": self.high, "power": self.power, "seed": self.seed}
        return {**super().get_config(), **config}


@keras.saving.register_keras_serializable(package="specc")
class InBatch(keras.layers.Layer):
    """How often an id is among a batch's positives on average: the rows of the batch times its share of all positives.

    The shares are a weight that is not trained: `.keras` files carry them, the configuration does not.

    Args:
        low, high: ids outside [low, high) are no candidates, and do not count.
        counts: (high,), how often each id is a positive in training; None for weights that come later.

    Raises:
        ValueError: counts of another shape, below 0, or all 0.
    """

    carries_data = True

    def __init__(self, low: int, high: int, counts: Any = None, name: str = "in_batch", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.low, self.high = low, high
        shares = np.zeros(high - low)
        if counts is not None:
            counts = np.asarray(counts, "float64")
            if counts.shape != (high,) or (counts < 0).any() or not counts[low:].any():
                raise ValueError(f"counts must be {high} numbers, none below 0 and not all 0, but have shape {counts.shape}")
            shares = counts[low:] / counts[low:].sum()
        self.shares = self.add_weight(
            name="shares",
            shape=shares.shape,
            dtype="float32",
            initializer=lambda shape, dtype=None: ops.convert_to_tensor(shares, dtype),
            trainable=False,
            autocast=False,
        )

    def inclusion(self, ids: Any, rows: Any) -> Any:
        """How often each id is among the positives of `rows` rows on average, float32, in the shape of `ids`.

        That is its expected count, which is not yet the probability that it is there at all: it is greater, and may pass 1.
        """
        position = ops.cast(ids, "int32") - self.low
        within = ops.logical_and(position >= 0, position < self.high - self.low)
        share = ops.take(self.shares, ops.where(within, position, 0))
        return ops.where(within, share * ops.cast(rows, "float32"), 0.0)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes a layer of the same size of; its shares come with the weights."""
        return {**super().get_config(), "low": self.low, "high": self.high}
