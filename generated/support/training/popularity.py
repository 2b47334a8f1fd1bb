"""The baseline that a retrieval model has to beat."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from ..metrics.ranks import Ranks, rank_by_score
from .measures import Measure
from .ranking import Ranked, metrics_of_ranks


def popularity(
    frame: pl.DataFrame, inputs: Mapping[str, Any], measures: Mapping[str, Measure], ranked: Mapping[str, Ranked]
) -> dict[str, float]:
    """The ranking metrics of candidates ranked by their counts in the training rows: the same rows, rules and ties.

    Arguments as of `evaluate`; metrics of heads have no such baseline and are left out.
    """
    return metrics_of_ranks(frame, measures, popularity_ranks(inputs, measures, ranked))


def popularity_ranks(
    inputs: Mapping[str, Any], measures: Mapping[str, Measure], ranked: Mapping[str, Ranked]
) -> dict[tuple[str, str | None], Ranks]:
    """The ranks of rows' own candidates by their counts, by output and by what is left out."""
    ranks = dict[tuple[str, str | None], Ranks]()
    for one in measures.values():
        if one.candidates is not None and (one.output, one.seen) not in ranks:
            each = ranked[one.output]
            seen = None if one.seen is None else (inputs[one.seen].values, inputs[one.seen].offsets)
            ranks[one.output, one.seen] = rank_by_score(each.counts[each.ids], each.ids, inputs[one.candidates], seen)
    return ranks
