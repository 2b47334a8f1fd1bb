"""Softmax over a catalogue, in full or over samples: the loss of each row."""
# mypy: disable-error-code="misc"

from typing import Any

import keras
from keras import ops

from specc.runtime.layers.listed import listed
from specc.runtime.layers.samplers import InBatch


def counting_rows(positives: Any, weights: Any, low: int, high: int) -> Any:
    """Which rows have a loss, bool (batch,): the positive is one of [low, high), and the weight, if there are any, is not 0."""
    valid = ops.logical_and(positives >= low, positives < high)
    if weights is None:
        return valid
    return ops.logical_and(valid, ops.reshape(weights, (-1,)) != 0)


def cross_entropy(places: Any, logits: Any) -> Any:
    """-log softmax(logits)[place] of each row: places (batch,), logits (batch, n), float32, to (batch,).

    TensorFlow's own operation computes the gradient besides. Written out, four tensors of the size of the logits would wait for
    it, the dense gradient of the choice among them.
    """
    return ops.sparse_categorical_crossentropy(places, logits, from_logits=True)


def check_candidates(candidates: Any, query_shape: Any) -> None:
    """Builds `candidates`, and raises `ValueError` unless its vectors are as wide as the query's."""
    if not candidates.built:
        candidates.build((None,))
    width = candidates.compute_output_shape((None,))[-1]
    if width != query_shape[-1]:
        raise ValueError(f"the query has width {query_shape[-1]}, but candidates have {width}")


def shared_config(layer: Any) -> Any:
    """The configuration of a layer that other layers may hold too, such that after loading they again hold one layer.

    Keras marks an object as shared when it sees it again, but in a copy that is lost where it was first seen inside a layer's
    own configuration. So it is shown every one twice.
    """
    put_calls_back(layer)
    keras.saving.serialize_keras_object(layer)
    return keras.saving.serialize_keras_object(layer)


def revived(config: Any) -> Any:
    """The layer that `shared_config` described.

    Keras says which of a layer's calls a tensor is of by counting them, and a file counts only the calls of its own model. A
    model inside a layer's configuration is revived before the model around it, so on layers that both use its calls would come
    first and be taken for those of the outer one. So they are taken off here, and put back before it is saved again.
    """
    layer = keras.saving.deserialize_keras_object(config)
    for node in calls(layer):
        if node in node.operation._inbound_nodes:
            node.operation._inbound_nodes.remove(node)
    return layer


def calls(layer: Any) -> list[Any]:
    """The calls that a functional model consists of, first ones first; none for other layers."""
    depths = getattr(layer, "_nodes_by_depth", {})
    return [node for depth in sorted(depths, reverse=True) for node in depths[depth]]


def put_calls_back(layer: Any) -> None:
    """Gives layers the calls again that `revived` took off, behind those that came since."""
    missing = [node for node in calls(layer) if node not in node.operation._inbound_nodes]
    for node in missing:
        place = len(node.operation._inbound_nodes)
        node.operation._inbound_nodes.append(node)
        for tensor in node.output_tensors:
            tensor._keras_history = tensor._keras_history._replace(node_index=place)
    if missing:
        layer._nodes = keras.Model(layer.inputs, layer.outputs)._nodes


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
            positives: (batch,) or (batch, 1), integer ids. A row whose id is no candidate has loss 0.
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
class SampledSoftmax(keras.layers.Layer):
    """The loss of each row, -log softmax(logits)[0], over its positive and a pool of negatives that the batch shares.

    The pool is the batch's positives, with `in_batch`, and then each sampler's draws. Where it holds a row's own positive (an
    accidental hit) the row does not see it. Rows without a loss put nothing into the pool.

    A logit is s / T, with `logq` less log E: s is the dot product, T the temperature, E the expected count of the id in the
    pool, over all samplers together, for the positive too [Bengio and Senecal 2008; Yi et al. 2019]. An id that
    cannot be in the pool (E = 0), as a positive below a sampler's `min_id`, is not corrected: its own column is always there.

    Args:
        candidates: a layer or model that maps ids (n,) to vectors (n, d).
        low, high: candidates are the ids in [low, high).
        samplers: layers with `sample()` and `expected_count(ids)`, as in `specc.runtime.layers.samplers`.
        in_batch: the batch's positives are negatives for the other rows.
        logq: correct for the sampling.
        temperature: T.
        counts: (high,), how often each id is a positive in training; needed with `in_batch` and `logq` together.

    Raises:
        ValueError: no candidates, neither samplers nor `in_batch`, a temperature that is not above 0, or (when built) vectors
            of two widths.
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
            raise ValueError("a sampled softmax needs a sampler, or in_batch")
        self.candidates = candidates
        self.samplers = list(samplers)
        self.low, self.high, self.temperature = low, high, temperature
        self.in_batch, self.logq = in_batch, logq
        self.positives = InBatch(low, high, counts) if in_batch and logq else None

    def build(self, query_shape: Any, positives_shape: Any = None, weights_shape: Any = None) -> None:
        """Checks the widths."""
        check_candidates(self.candidates, query_shape)

    def expected_count(self, ids: Any, rows: Any) -> Any:
        """How often each id is in the pool of a batch with `rows` valid rows on average, float32, in the shape of `ids`."""
        counts = [sampler.expected_count(ids) for sampler in self.samplers]
        if self.positives is not None:
            counts.append(self.positives.expected_count(ids, rows))
        return sum(counts[1:], start=counts[0])

    def training_logits(self, query: Any, positives: Any, weights: Any = None) -> Any:
        """What the softmax is taken of, float32 (batch, 1 + pool), column 0 the row's positive; arguments as `call`.

        -1e9 stands where a row does not look: finite, so that gradients are, and nothing to a softmax in float32.
        """
        positives = ops.cast(ops.reshape(positives, (-1,)), "int32")
        valid = counting_rows(positives, weights, self.low, self.high)
        positives = ops.where(valid, positives, self.low)
        drawn = [sampler.sample() for sampler in self.samplers]
        vectors = ops.cast(self.candidates(ops.concatenate([positives, *drawn])), "float32")
        query = ops.cast(query, "float32") / self.temperature
        batch = ops.shape(positives)[0]
        first = 0 if self.in_batch else batch
        pool = ops.concatenate([positives, *drawn])[first:]
        own = ops.sum(query * vectors[:batch], axis=1)
        shared = ops.matmul(query, ops.transpose(vectors[first:]))
        if self.logq:
            rows = ops.sum(ops.cast(valid, "float32"))
            own = own - self.correction(positives, rows)
            shared = shared - self.correction(pool, rows)
        hidden = ops.expand_dims(positives, 1) == ops.expand_dims(pool, 0)
        if self.in_batch:
            absent = ops.concatenate([ops.logical_not(valid), *(ops.zeros_like(each, "bool") for each in drawn)])
            hidden = ops.logical_or(hidden, absent)
        return ops.concatenate([ops.expand_dims(own, 1), ops.where(hidden, -1e9, shared)], axis=1)

    def correction(self, ids: Any, rows: Any) -> Any:
        """log E of each id, and 0 where E is 0, float32, in the shape of `ids`."""
        expected = self.expected_count(ids, rows)
        return ops.where(expected > 0, ops.log(ops.where(expected > 0, expected, 1.0)), 0.0)

    def call(self, query: Any, positives: Any, weights: Any = None) -> Any:
        """The loss of each row, float32 (batch,).

        Args:
            query: (batch, d).
            positives: (batch,) or (batch, 1), integer ids. A row whose id is no candidate has loss 0.
            weights: (batch,), optional. Rows of weight 0 have loss 0; otherwise weights do not matter here.
        """
        valid = counting_rows(ops.reshape(positives, (-1,)), weights, self.low, self.high)
        logits = self.training_logits(query, positives, weights)
        return ops.where(valid, cross_entropy(ops.zeros_like(valid, "int32"), logits), 0.0)

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
    def from_config(cls, config: dict[str, Any]) -> "SampledSoftmax":
        """The layer that `get_config` described."""
        samplers = [keras.saving.deserialize_keras_object(sampler) for sampler in config["samplers"]]
        return cls(**{**config, "candidates": revived(config["candidates"]), "samplers": samplers})
