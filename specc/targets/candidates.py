"""Losses over candidates. Their inputs are the query, the ids of the positives, and the candidates' vectors.

All ids in vocabulary count as candidates; where an entity has no row for some, as data tell, there are fewer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from specc.targets.catalogue import target_of
from specc.targets.cost import CallShapes, Cost
from specc.targets.samplers import Sampler
from specc.targets.target import Target
from specc.targets.tensor import Tensor
from specc.targets.types import Array, Bool, Integer, ListOf, Network, Number, ObjectOf, Result


def catalogue_rows(config: Mapping[str, Any], batch: int) -> int:
    """All candidates."""
    return max(int(config["high"]) - int(config["low"]), 0)


def pool_rows(config: Mapping[str, Any], batch: int) -> int:
    """The positives of a batch, and what is drawn."""
    return batch + sum(int(sampler.config["n"]) for sampler in config.get("samplers") or [])


@dataclass(frozen=True)
class OverCandidates(Target):
    """A loss over candidates. rows: of how many a batch asks for the vectors, by its configuration and the batch's size."""

    rows: Callable[[Mapping[str, Any], int], int] = pool_rows


def full(call: CallShapes) -> Cost:
    """A product with the whole catalogue; then about 5 operations a logit: greatest, difference, exp, sum, quotient.

    The cross entropy makes its gradient beside it, in the memory of the logits.
    """
    query, _, vectors = call.inputs
    logits = Tensor((query.shape[0], vectors.shape[0]))
    return Cost(
        Tensor((query.shape[0],)),
        products=2 * logits.size * query.width,
        elementwise=5 * logits.size,
        keeps_inputs=True,
        kept=logits.bytes,
    )


def sampled(call: CallShapes) -> Cost:
    """A product with the pool, and each row's own; then about 8 operations a logit, for hits are hidden and counts corrected.

    Until the gradient wait what is hidden, and what the cross entropy makes beside its losses.
    """
    query, *_ = call.inputs
    logits = Tensor((query.shape[0], 1 + _pool(call)))
    return Cost(
        Tensor(query.shape[:1]),
        products=2 * (logits.size - query.shape[0]) * query.width,
        elementwise=8 * logits.size + 2 * query.size,
        fixed=_fixed(call),
        keeps_inputs=True,
        kept=logits.bytes + logits.size,
    )


def in_pairs(call: CallShapes) -> Cost:
    """A product with the pool, and each row's own; then about 8 operations a negative: hits are hidden, the softplus of a score
    or of a difference (about 4), and its mean.

    Until the gradient wait what is hidden, what is not, and what the softplus is taken of.
    """
    query, *_ = call.inputs
    scores = Tensor((query.shape[0], _pool(call)))
    return Cost(
        Tensor(query.shape[:1]),
        products=2 * scores.size * query.width,
        elementwise=8 * scores.size + 2 * query.size,
        fixed=_fixed(call),
        keeps_inputs=True,
        kept=scores.bytes + 2 * scores.size,
    )


def _pool(call: CallShapes) -> int:
    """How many negatives a row is compared with."""
    batch = call.inputs[0].shape[0]
    return pool_rows(call.config, batch) - (0 if call.config.get("in_batch") else batch)


def _fixed(call: CallShapes) -> tuple[Tensor, ...]:
    """Weights that are not trained: those of samplers, and the shares of positives that correct for a batch's."""
    held: list[Tensor] = []
    for sampler in call.config.get("samplers") or []:
        record = target_of(sampler.target)
        held += record.fixed(sampler.config) if isinstance(record, Sampler) else ()
    if call.config.get("in_batch") and call.config.get("logq"):
        held.append(Tensor((catalogue_rows(call.config, 0),)))
    return tuple(held)


RANKS = {"candidates": Network(), "low": Integer(), "high": Integer(1), "temperature": Number()}
POOL = {**RANKS, "samplers": ListOf(ObjectOf("sampler")), "in_batch": Bool()}
NEEDS = frozenset({"candidates", "low", "high"})
TAKES = (Result(), Result())
TARGETS = (
    OverCandidates(
        "specc.runtime.layers.softmax.FullSoftmax",
        "layer",
        {**RANKS, "ids": Array()},
        NEEDS,
        takes=TAKES,
        cost=full,
        rows=catalogue_rows,
    ),
    OverCandidates(
        "specc.runtime.layers.softmax.SampledSoftmax",
        "layer",
        {**POOL, "logq": Bool(), "counts": Array()},
        NEEDS,
        takes=TAKES,
        cost=sampled,
    ),
    OverCandidates("specc.runtime.layers.pooled_bpr.PooledBPR", "layer", POOL, NEEDS, takes=TAKES, cost=in_pairs),
    OverCandidates(
        "specc.runtime.layers.pooled_binary_crossentropy.PooledBinaryCrossentropy",
        "layer",
        POOL,
        NEEDS,
        takes=TAKES,
        cost=in_pairs,
    ),
)
