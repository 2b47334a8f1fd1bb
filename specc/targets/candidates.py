"""Softmax losses over candidates. Their inputs are the query, the ids of the positives, and the candidates' vectors.

All ids in vocabulary count as candidates; where an entity has no row for some, as data tell, there are fewer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specc.targets.cost import Call, Cost
from specc.targets.target import Target
from specc.targets.tensor import Tensor
from specc.targets.types import Array, Bool, Integer, ListOf, Network, Number, ObjectOf, Result

NODES = 8
CUMULATIVE = 8  # bytes: running sums are float64


def candidate_rows(target: str, config: Mapping[str, Any], batch: int) -> int:
    """How many candidates' vectors a batch asks for: the whole catalogue, or the positives and what is drawn."""
    if target.endswith("FullSoftmax"):
        return max(int(config["high"]) - int(config["low"]), 0)
    return batch + _drawn(config)


def _drawn(config: Mapping[str, Any]) -> int:
    return sum(int(sampler.config["n"]) for sampler in config.get("samplers") or [])


def full(call: Call) -> Cost:
    """A product with the whole catalogue; then about 5 operations a logit: greatest, difference, exp, sum, quotient.

    The cross entropy makes its gradient beside it, in the memory of the logits; on the way back that is multiplied in place.
    The gradient of the vectors is there twice, for it is transposed.
    """
    query, _, vectors = call.inputs
    logits = Tensor((query.shape[0], vectors.shape[0]))
    return Cost(
        Tensor((query.shape[0],)),
        products=2 * logits.size * query.width,
        elementwise=5 * logits.size,
        keeps_inputs=True,
        kept=logits.bytes,
        back_work=vectors.bytes,
        nodes=NODES,
    )


def sampled(call: Call) -> Cost:
    """A product with the pool, and each row's own; then about 8 operations a logit, for hits are hidden and counts corrected.

    Until the gradient wait what is hidden, and what the cross entropy makes beside its losses. Before that the product meets
    what of it is not hidden, and the logits.

    Weights that are not trained: running sums of probabilities, what popularity expects, and the shares of positives.
    """
    query, _, vectors = call.inputs
    batch = query.shape[0]
    pool = _drawn(call.config) + (batch if call.config.get("in_batch") else 0)
    logits = Tensor((batch, 1 + pool))
    low, high = call.config["low"], call.config["high"]
    fixed = []
    for sampler in call.config.get("samplers") or []:
        kind = sampler.target.rsplit(".", 1)[1]
        start = max(low, sampler.config.get("min_id", 0)) if kind == "LogUniform" else low
        if kind != "Uniform":
            fixed.append(Tensor((max(high - start, 0),), CUMULATIVE))
        if kind == "Popularity":
            fixed.append(Tensor((max(high - low, 0),)))
    if call.config.get("in_batch") and call.config.get("logq"):
        fixed.append(Tensor((max(high - low, 0),)))
    return Cost(
        Tensor((batch,)),
        products=2 * batch * pool * query.width,
        elementwise=8 * logits.size + 2 * query.size,
        fixed=tuple(fixed),
        keeps_inputs=True,
        kept=(logits.bytes, logits.size),
        work=(logits.bytes, logits.bytes, vectors.bytes),
        back_work=logits.bytes,
        nodes=NODES,
    )


RANKS = {"candidates": Network(), "low": Integer(), "high": Integer(1), "temperature": Number()}
NEEDS = frozenset({"candidates", "low", "high"})
TAKES = (Result(), Result())
TARGETS = (
    Target("specc.runtime.layers.softmax.FullSoftmax", "layer", {**RANKS, "ids": Array()}, NEEDS, takes=TAKES, cost=full),
    Target(
        "specc.runtime.layers.softmax.SampledSoftmax",
        "layer",
        {**RANKS, "samplers": ListOf(ObjectOf("sampler")), "in_batch": Bool(), "logq": Bool(), "counts": Array()},
        NEEDS,
        takes=TAKES,
        cost=sampled,
    ),
)
