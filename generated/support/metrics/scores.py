"""What ranks and the best candidates of queries need: vectors, places of ids, equal candidates, and threads."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits


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


def unlike_vectors(vectors: Any) -> tuple[Any, Any]:
    """Vectors (n, d) that are each there once, in the order of vectors (v, d), and the place of each of these among them (v,).

    Equal candidates get equal scores by it, which a matrix product alone does not promise (it treats columns at the edge in
    another order).
    """
    bits = np.ascontiguousarray(vectors + 0.0).view(f"u{vectors.itemsize}")  # + 0.0 makes one of -0.0 and 0.0
    factors = np.cumprod(np.full(bits.shape[1], 0x9E3779B97F4A7C15, "uint64"))  # wraps around: a polynomial hash
    key = np.empty(len(vectors), "uint64")
    for begin in range(0, len(vectors), 4096):
        key[begin : begin + 4096] = bits[begin : begin + 4096].astype("uint64") @ factors
    ordered = np.sort(key)
    if (ordered[1:] != ordered[:-1]).all():
        return vectors, np.arange(len(vectors))
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    first = first[inverse]  # of each vector the first with its key
    unlike = first == np.arange(len(vectors))
    again = np.flatnonzero(~unlike)
    unlike[again] = (vectors[again] != vectors[first[again]]).any(axis=1)
    place = np.cumsum(unlike) - 1
    return vectors[unlike], np.where(unlike, place, place[first])


SMALL = 10**8  # multiplications that are not worth a thread


def each_block(block: Callable[[int], None], starts: Sequence[int], multiplications: int) -> None:
    """Calls `block` with each start: where there is much to multiply, on all processors."""
    if multiplications < SMALL:
        for start in starts:
            block(start)
    else:
        # A product a thread: the threads of one product would wait for each other, and counting would be done by one.
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(min(os.cpu_count() or 1, 8)) as pool:
            list(pool.map(block, starts))
