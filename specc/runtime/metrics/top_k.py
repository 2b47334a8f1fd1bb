"""The best candidates of each query, exactly."""

from typing import Any

import numpy as np

from specc.runtime.metrics.scores import as_vectors, check_finite, columns_of, hide_seen, score_blocks


def best_columns(scores: Any, k: int) -> Any:
    """The places of each row's k largest scores, (rows, k), largest first, of equal scores the lower place first."""
    size = scores.shape[1]
    if k < size:
        border = np.partition(scores, size - k, axis=1)[:, size - k, None]
        # Of the scores at the border only the first places are in: as many as those above it leave free.
        free = k - np.count_nonzero(scores > border, axis=1)
        chosen = scores >= border
        for row in np.flatnonzero(np.count_nonzero(chosen, axis=1) > k):
            at_border = np.flatnonzero(scores[row] == border[row])
            chosen[row, at_border[free[row] :]] = False
        columns = np.nonzero(chosen)[1].reshape(-1, k)
    else:
        columns = np.broadcast_to(np.arange(size), scores.shape)
    order = np.argsort(-np.take_along_axis(scores, columns, axis=1), axis=1, kind="stable")
    return np.take_along_axis(columns, order, axis=1)


def top_k(
    query: Any,
    candidates: Any,
    candidate_ids: Any,
    k: int,
    seen: tuple[Any, Any] | None = None,
    memory: int = 1 << 24,
) -> tuple[Any, Any]:
    """The ids, int64 (rows, k), and scores (rows, k) of each row's k best candidates by dot product, best first.

    Candidates of equal score come in the order in which they are given. Where a row has fewer than k, -1 and -inf follow.

    Args:
        query: (rows, d), float.
        candidates: (v, d), float.
        candidate_ids: (v,), integer, each once.
        k: how many.
        seen: values and offsets (rows + 1,) of ids that are taken out of a row's candidates.
        memory: bytes of one block of scores.

    Raises:
        ValueError: k below 1, vectors that are not finite, shapes that do not belong together, or a candidate that is there
            twice.
    """
    query, candidates, candidate_ids = as_vectors(query), as_vectors(candidates), np.asarray(candidate_ids)
    if k < 1:
        raise ValueError(f"k must be at least 1, but is {k}")
    if query.ndim != 2 or query.shape[1:] != candidates.shape[1:] or candidate_ids.shape != (len(candidates),):
        raise ValueError(
            f"queries {query.shape}, candidates {candidates.shape} and ids {candidate_ids.shape} do not belong together"
        )
    check_finite("query", query)
    check_finite("candidate", candidates)
    columns_of(candidate_ids[:0], candidate_ids)  # refuses an id that is there twice
    ids = np.full((len(query), k), -1, "int64")
    values = np.full((len(query), k), -np.inf, np.result_type(query, candidates))
    if seen is not None:
        seen = columns_of(np.asarray(seen[0]), candidate_ids), np.asarray(seen[1])
    width = min(k, len(candidates))
    for begin, end, scores in score_blocks(query, candidates, memory):
        if seen is not None:
            hide_seen(scores, begin, end, *seen)
        columns = best_columns(scores, width)
        values[begin:end, :width] = np.take_along_axis(scores, columns, axis=1)
        ids[begin:end, :width] = candidate_ids[columns]
    return np.where(np.isneginf(values), -1, ids), values
