"""Metrics of retrieval: where each row's positive stands among all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from numpy.typing import NDArray

from ..metrics.ranks import Catalogue, Ranks
from .counting import row_weights
from .groups import mean_of_groups, weighted_mean
from .measures import Measure


@dataclass(frozen=True, eq=False)
class Ranked:
    """What a retrieval output ranks.

    ids: the candidates (n,), each once. counts: how often each id is a training row's own, (size,), by id.
    network: from ids (n,) to vectors (n, d).
    """

    ids: NDArray[Any]
    counts: NDArray[Any]
    network: Any


def catalogue_ranks(
    inputs: Mapping[str, Any],
    measures: Mapping[str, Measure],
    catalogues: Mapping[str, Catalogue],
    vectors: Mapping[str, Any],
) -> dict[tuple[str, str | None], Ranks]:
    """The ranks of rows' own candidates that the measures read, by output and by what is left out.

    inputs: ids of candidates and what was seen, by name. vectors: the rows' (rows, d), by output as the catalogues.
    """
    ranks = dict[tuple[str, str | None], Ranks]()
    for measure in measures.values():
        key = measure.output, measure.seen
        if measure.candidates is not None and key not in ranks:
            seen = None if measure.seen is None else (inputs[measure.seen].values, inputs[measure.seen].offsets)
            ranks[key] = catalogues[measure.output].ranks(vectors[measure.output], inputs[measure.candidates], seen)
    return ranks


def metrics_of_ranks(
    frame: pl.DataFrame, measures: Mapping[str, Measure], ranks: Mapping[tuple[str, str | None], Ranks]
) -> dict[str, float]:
    """The ranking metrics among the measures; ranks: of the rows' own candidates, by output and by what is left out."""
    results = dict[str, float]()
    for name, measure in measures.items():
        if measure.candidates is None:
            continue
        weights = row_weights(frame, None, measure.where, measure.row_weight)
        values = measure.function(ranks[measure.output, measure.seen], measure.k)
        results[name] = row_mean(values, weights, frame, measure.by)
    return results


def row_mean(values: Any, weights: Any, frame: pl.DataFrame, by: str | None) -> float:
    """The mean of the rows' values (rows,) by their weights, within groups where there is a `by`."""
    if by is None:
        return weighted_mean(values, weights)
    return mean_of_groups(lambda rows: weighted_mean(values[rows], weights[rows]), frame, by, weights)
