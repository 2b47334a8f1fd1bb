"""Where targets rank among all candidates, exactly, with what ties with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from specc.runtime.metrics.scores import as_vectors, check_finite, columns_of, hide_seen, ragged_rows, score_blocks


@dataclass(frozen=True)
class Ranks:
    """For each target of each row, int64 (targets,): its row, how many other candidates are above it, and how many tie.

    A target that is no candidate, a miss, has `above` -1. `rows` is the number of rows, with or without targets.
    """

    rows: int
    row: Any
    above: Any
    tied: Any


def rank_targets(
    query: Any,
    candidates: Any,
    candidate_ids: Any,
    targets: Any,
    seen: tuple[Any, Any] | None = None,
    memory: int = 1 << 24,
) -> Ranks:
    """Ranks each row's targets among all candidates by dot product, in blocks of at most `memory` bytes of scores.

    Args:
        query: (rows, d), float.
        candidates: (v, d), float.
        candidate_ids: (v,), integer, each once.
        targets: (rows,), one id a row; or values and offsets (rows + 1,) of several a row. Ids that are no
            candidates are misses. An id that is there twice in a row counts once.
        seen: values and offsets (rows + 1,) of ids that are taken out of a row's candidates, except its targets.
        memory: of one block of scores; 16 MiB, which a processor's caches about hold, is fastest.

    Raises:
        ValueError: vectors that are not finite, lengths that do not belong together, or a candidate that is there
            twice.
    """
    query, candidates, candidate_ids = as_vectors(query), as_vectors(candidates), np.asarray(candidate_ids)
    if isinstance(targets, tuple):
        values, offsets = np.asarray(targets[0]), np.asarray(targets[1])
    else:
        values, offsets = np.asarray(targets), np.arange(len(targets) + 1)
    if len(candidates) != len(candidate_ids) or len(offsets) != len(query) + 1 or offsets[-1] != len(values):
        raise ValueError(
            f"{len(query)} queries and {len(offsets) - 1} rows of targets, {len(candidates)} candidates and"
            f" {len(candidate_ids)} ids do not belong together"
        )
    check_finite(query, candidates)
    row, values = np.unique(np.stack([ragged_rows(offsets), values]), axis=1)
    offsets = np.searchsorted(row, np.arange(len(query) + 1))
    column = columns_of(values, candidate_ids)
    above, tied = np.full(len(row), -1), np.full(len(row), 0)
    if seen is not None:
        seen = columns_of(np.asarray(seen[0]), candidate_ids), np.asarray(seen[1])
    for begin, end, scores in score_blocks(query, candidates, memory):
        block = np.arange(offsets[begin], offsets[end])
        block = block[column[block] >= 0]
        local = row[block] - begin
        own = scores[local, column[block]]
        if seen is not None:
            hide_seen(scores, begin, end, *seen)
            scores[local, column[block]] = own
        # The n-th targets of all rows are compared at once; nearly always there is one a row.
        nth = np.arange(len(block)) - np.searchsorted(local, local)
        for n in range(nth.max(initial=-1) + 1):
            now = nth == n
            table = scores if len(local[now]) == len(scores) else scores[local[now]]
            threshold = own[now][:, None]
            above[block[now]] = np.count_nonzero(table > threshold, axis=1)
            tied[block[now]] = np.count_nonzero(table == threshold, axis=1) - 1
    return Ranks(len(query), row, above, tied)


def joined_ranks(parts: Sequence[Ranks]) -> Ranks:
    """The ranks of rows that were ranked some at a time, one part after the other; of one part at least."""
    starts = np.cumsum([0, *(part.rows for part in parts)])
    return Ranks(
        int(starts[-1]),
        np.concatenate([part.row + start for part, start in zip(parts, starts[:-1], strict=True)]),
        np.concatenate([part.above for part in parts]),
        np.concatenate([part.tied for part in parts]),
    )
