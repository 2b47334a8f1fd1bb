"""Recall, precision, NDCG, MRR and MAP of ranked targets, as expectations over a fair order of ties.

Each function gives one value a row, float64 (rows,), NaN for a row without targets, for the k best places. Candidates of equal
score stand in every order with the same probability, and the values are exact means over these orders: so constant
predictions are worth what chance is worth, and an evaluation repeated gives the same number.
"""

from typing import Any

import numpy as np

from .ranks import Ranks


def per_row(ranks: Ranks, values: Any) -> Any:
    """The sum of the targets' values in each row, (rows,)."""
    return np.bincount(ranks.row, weights=values, minlength=ranks.rows)


def target_counts(ranks: Ranks) -> Any:
    """How many targets each row has, misses too, float64 (rows,), NaN for none."""
    counts = np.bincount(ranks.row, minlength=ranks.rows).astype("float64")
    return np.where(counts > 0, counts, np.nan)


def mean_of_places(ranks: Ranks, values: Any) -> Any:
    """For each target the mean of `values` (k,), by place from 0, over the places it may have; 0 from place k on."""
    k = len(values)
    running = np.concatenate([[0.0], np.cumsum(values)])
    first, last = np.minimum(ranks.above, k), np.minimum(ranks.above + ranks.tied + 1, k)
    mean = (running[last] - running[first]) / (ranks.tied + 1)
    return np.where(ranks.above >= 0, mean, 0.0)


def hits(ranks: Ranks, k: int) -> Any:
    """The expected number of a row's targets among the best k, (rows,)."""
    return per_row(ranks, mean_of_places(ranks, np.ones(k)))


def recall(ranks: Ranks, k: int) -> Any:
    """The share of a row's targets that are among the best k."""
    return hits(ranks, k) / target_counts(ranks)


def precision(ranks: Ranks, k: int) -> Any:
    """The share of the best k that are targets."""
    return hits(ranks, k) / k + 0 * target_counts(ranks)


def ndcg(ranks: Ranks, k: int) -> Any:
    """The sum of 1 / log2(place + 1) of the targets among the best k, over the best possible [Jarvelin and Kekalainen 2002]."""
    discounts = 1 / np.log2(np.arange(2, k + 2))
    best = np.concatenate([[np.nan], np.cumsum(discounts)])
    counts = np.bincount(ranks.row, minlength=ranks.rows)
    return per_row(ranks, mean_of_places(ranks, discounts)) / best[np.minimum(counts, k)]


def tie_groups(ranks: Ranks) -> tuple[Any, Any, Any, Any, Any]:
    """The groups of tied candidates that hold targets, best first in each row.

    Returns, each (groups,): the row, the number of candidates above the group, its size, its targets, and the targets above it.
    """
    found = ranks.above >= 0
    keys = np.stack([ranks.row[found], ranks.above[found], ranks.tied[found] + 1])
    (row, above, size), targets = np.unique(keys, axis=1, return_counts=True)
    before = np.cumsum(targets) - targets
    return row, above, size, targets, before - before[np.searchsorted(row, row)]


def mrr(ranks: Ranks, k: int) -> Any:
    """1 / place of a row's best target, 0 if it is not among the best k."""
    row, above, size, targets, earlier = tie_groups(ranks)
    best = earlier == 0
    row, above, size, targets = row[best], above[best], size[best], targets[best]
    value, none_yet = np.zeros(len(row)), np.ones(len(row))
    for j in range(k):  # the group's place j holds the first of its targets
        possible = (j < size) & (above + j < k)
        if not possible.any():
            break
        left = np.where(possible, size - j, 1)
        chance = np.where(possible, np.minimum(targets / left, 1.0), 0.0)
        value += none_yet * chance / (above + j + 1)
        none_yet *= 1 - chance
    total = np.bincount(row, weights=value, minlength=ranks.rows)
    return total + 0 * target_counts(ranks)


def average_precision(ranks: Ranks, k: int) -> Any:
    """The mean over a row's targets of the precision at their places, 0 for those not among the best k.

    Divides by min(targets, k), what can be among the best k. Its mean over rows is MAP.
    """
    row, above, size, targets, earlier = tie_groups(ranks)
    value = np.zeros(len(row))
    for j in range(k):  # a target at the group's place j has, on average, its share of the group's other targets before it
        possible = (j < size) & (above + j < k)
        if not possible.any():
            break
        before = earlier + j * (targets - 1) / np.maximum(size - 1, 1)
        value += np.where(possible, targets / size * (before + 1) / (above + j + 1), 0.0)
    return np.bincount(row, weights=value, minlength=ranks.rows) / np.minimum(target_counts(ranks), k)
