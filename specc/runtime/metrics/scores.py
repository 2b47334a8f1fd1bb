"""Dot products of queries with all candidates, in blocks of bounded memory, what a row has seen taken out."""

from collections.abc import Iterator
from typing import Any

import numpy as np


def as_vectors(vectors: Any) -> Any:
    """An array of float32, or float64 where the values need it."""
    vectors = np.asarray(vectors)
    return vectors.astype(np.promote_types(vectors.dtype, "float32"), copy=False)


def ragged_rows(offsets: Any) -> Any:
    """The row of each value of a ragged array: offsets (rows + 1,) to int64 (values,)."""
    return np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))


def columns_of(ids: Any, candidate_ids: Any) -> Any:
    """The place of each id among the candidates, -1 if it is none: ids (n,) to int64 (n,).

    Raises:
        ValueError: a candidate occurs twice.
    """
    order = np.argsort(candidate_ids, kind="stable")
    known = candidate_ids[order]
    if (known[1:] == known[:-1]).any():
        raise ValueError("the same id is a candidate twice")
    place = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return np.where(known[place] == ids, order[place], -1)


def check_finite(name: str, vectors: Any) -> None:
    """Raises `ValueError` for vectors that are not finite (NaN is never below a score: it would look like a perfect rank)."""
    if not np.isfinite(vectors).all():
        raise ValueError(f"{name} vectors hold NaN or infinity, so they cannot be ranked")


def equal_vectors(vectors: Any) -> tuple[Any, Any]:
    """Of vectors (v, d) those that were there before, bit for bit, and the first of each: two int64 arrays of places."""
    bits = np.ascontiguousarray(vectors + 0.0).view(f"u{vectors.itemsize}")  # + 0.0 makes one of -0.0 and 0.0
    factors = np.cumprod(np.full(bits.shape[1], 0x9E3779B97F4A7C15, "uint64"))  # wraps around: a polynomial hash
    key = np.empty(len(vectors), "uint64")
    for begin in range(0, len(vectors), 4096):
        key[begin : begin + 4096] = bits[begin : begin + 4096].astype("uint64") @ factors
    ordered = np.sort(key)
    if (ordered[1:] != ordered[:-1]).all():
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    again = np.flatnonzero(first[inverse] != np.arange(len(vectors)))
    again = again[(vectors[again] == vectors[first[inverse[again]]]).all(axis=1)]
    return again, first[inverse[again]]


def score_blocks(query: Any, candidates: Any, memory: int) -> Iterator[tuple[int, int, Any]]:
    """Yields (begin, end, scores) for blocks of rows of `query` (rows, d); scores (end - begin, v) take `memory` bytes at most.

    Equal candidates get equal scores, which a matrix product alone does not promise (it treats columns at the edge in another
    order). The array is used again for the next block, and may be written to.
    """
    again, first = equal_vectors(candidates)
    transposed = np.ascontiguousarray(candidates.T)
    rows = max(1, memory // max(1, len(candidates) * transposed.itemsize))
    buffer = np.empty((min(rows, len(query)), len(candidates)), np.result_type(query, candidates))
    for begin in range(0, len(query), rows):
        end = min(begin + rows, len(query))
        scores = np.matmul(query[begin:end], transposed, out=buffer[: end - begin])
        if len(again):
            scores[:, again] = scores[:, first]
        yield begin, end, scores


def hide_seen(scores: Any, begin: int, end: int, seen_columns: Any, seen_offsets: Any) -> None:
    """Writes -inf over what the rows [begin, end) have seen, in their block of scores."""
    first, last = seen_offsets[begin], seen_offsets[end]
    columns = seen_columns[first:last]
    rows = ragged_rows(seen_offsets[begin : end + 1])
    known = columns >= 0
    scores[rows[known], columns[known]] = -np.inf
