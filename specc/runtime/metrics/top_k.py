"""The best candidates of each query, exactly."""

from itertools import pairwise
from typing import Any

import numpy as np

from .scores import as_vectors, check_finite, columns_of, each_block, unlike_vectors


class TopK:
    """The `k` best candidates of queries by dot product, best first.

    Scores are made a tile at a time, some rows by some candidates. Of each tile only what is above a row's k-th best so far is
    looked at: after the first candidates that is little, so the time is the product's. Candidates whose vectors are equal are
    scored once. Candidates of equal score come in the order in which they are given.

    Args:
        candidates: (v, d), float.
        candidate_ids: (v,), integer, each once.
        k: how many.
        memory: bytes of one tile of scores. Each thread, one a processor, has its own.

    Raises:
        ValueError: k below 1, vectors that are not finite, lengths that do not belong together, or a candidate that is there
            twice.
    """

    WIDTH = 8192  # candidates that are scored at a time
    FIRST = 128  # of these, that are sorted to know what is worth a look

    def __init__(self, candidates: Any, candidate_ids: Any, k: int, memory: int = 1 << 23) -> None:
        vectors, self.ids, self.k = as_vectors(candidates), np.asarray(candidate_ids), k
        if k < 1:
            raise ValueError(f"k must be at least 1, but is {k}")
        if vectors.ndim != 2 or self.ids.shape != (len(vectors),):
            raise ValueError(f"candidates {vectors.shape} and ids {self.ids.shape} do not belong together")
        check_finite("candidate", vectors)
        columns_of(self.ids[:0], self.ids)  # refuses an id that is there twice
        self.vectors, place = unlike_vectors(vectors)
        self.times = np.bincount(place, minlength=1)
        self.members = np.argsort(place, kind="stable")  # the candidates of the first vector, of the second ...
        self.starts = np.cumsum(self.times) - self.times
        self.first = max(self.FIRST, 4 * k)
        self.width = max(self.WIDTH, self.first)
        self.height = min(max(memory // (self.width * vectors.itemsize), 1), 256)

    def __call__(self, query: Any) -> tuple[Any, Any]:
        """The ids, int64 (rows, k), and scores (rows, k) of the best of queries (rows, d); -1 and -inf follow where there are
        fewer candidates.

        Raises:
            ValueError: vectors that are not finite, or of another width.
        """
        query = as_vectors(query)
        if query.ndim != 2 or query.shape[1:] != self.vectors.shape[1:]:
            raise ValueError(f"queries {query.shape} and candidates {self.vectors.shape} do not belong together")
        check_finite("query", query)
        ids = np.full((len(query), self.k), -1, "int64")
        scores = np.full((len(query), self.k), -np.inf, np.result_type(query, self.vectors))

        def block(begin: int) -> None:
            rows = slice(begin, min(begin + self.height, len(query)))
            best, places = self.best_vectors(query[rows])
            columns = self.each_candidate(best, places)
            scores[rows] = best
            ids[rows] = np.where(np.isneginf(best), -1, self.ids[columns])

        if len(self.ids):
            each_block(block, range(0, len(query), self.height), len(query) * self.vectors.size)
        return ids, scores

    def best_vectors(self, query: Any) -> tuple[Any, Any]:
        """The scores (rows, k), largest first, and places (rows, k) of the best vectors; -inf and 0 where there are fewer."""
        best = np.full((len(query), self.k), -np.inf, np.result_type(query, self.vectors))
        places = np.zeros(best.shape, np.int64)
        out = np.empty((len(query), min(self.width, len(self.vectors))), best.dtype)
        for begin in range(0, len(self.vectors), self.width):
            vectors = self.vectors[begin : begin + self.width]
            scores = out[:, : len(vectors)]
            np.matmul(query, vectors.T, out=scores)
            for start, end in pairwise(self.cuts(len(vectors)) if begin == 0 else (0, len(vectors))):
                row, column = self.worth_a_look(scores[:, start:end], best.min(axis=1, keepdims=True))
                if len(row):
                    found = scores[row, column + start]
                    best, places = merged(best, places, row, found, column + begin + start)
        order = np.argsort(-best, axis=1, kind="stable")
        return np.take_along_axis(best, order, axis=1), np.take_along_axis(places, order, axis=1)

    def cuts(self, width: int) -> list[int]:
        """Where the first tile is cut: each part is three times as long as all before it, so a row meets some 3 k in it."""
        found = [0, self.first]
        while found[-1] < width:
            found.append(4 * found[-1])
        return [*found[:-1], width]

    def worth_a_look(self, scores: Any, border: Any) -> tuple[Any, Any]:
        """The rows, rising, and columns of scores (rows, n) above a border (rows, 1); where these are many, their k best."""
        above = scores > border
        if np.count_nonzero(above) <= 8 * self.k * len(scores):
            return np.divmod(np.flatnonzero(above.reshape(-1)), scores.shape[1])
        columns = best_columns(scores, min(self.k, scores.shape[1]))
        row, place = np.nonzero(np.take_along_axis(above, columns, axis=1))
        return row, columns[row, place]

    def each_candidate(self, scores: Any, places: Any) -> Any:
        """The candidates (rows, k) that have the vectors at places (rows, k); of those of one vector as many as are among the
        k best, for which `scores` is changed.
        """
        columns = self.members[self.starts[places]]
        there = ~np.isneginf(scores)
        for row in np.flatnonzero(((self.times[places] > 1) & there).any(axis=1)):
            best = places[row, there[row]]
            runs = zip(self.starts[best], np.minimum(self.times[best], self.k), strict=True)
            each = np.concatenate([self.members[start : start + count] for start, count in runs])
            score = np.repeat(scores[row, there[row]], np.minimum(self.times[best], self.k))
            order = np.lexsort((each, -score))[: self.k]
            columns[row, : len(order)], scores[row, : len(order)] = each[order], score[order]
        return columns


def merged(best: Any, places: Any, row: Any, scores: Any, others: Any) -> tuple[Any, Any]:
    """The best (rows, k), their places rising, of these and of others, whose rows do not fall and whose places are higher."""
    rows, k = best.shape
    counts = np.bincount(row, minlength=rows)
    column = k + np.arange(len(row)) - (np.cumsum(counts) - counts)[row]
    shape = rows, k + counts.max()
    every, place = np.full(shape, -np.inf, best.dtype), np.zeros(shape, np.int64)
    every[:, :k], place[:, :k] = best, places
    every[row, column], place[row, column] = scores, others
    chosen = best_columns(every, k)
    return np.take_along_axis(every, chosen, axis=1), np.take_along_axis(place, chosen, axis=1)


def best_columns(scores: Any, k: int) -> Any:
    """The places of each row's k largest scores, (rows, k), rising; of equal scores the lower place counts as larger."""
    size = scores.shape[1]
    if k == size:
        return np.broadcast_to(np.arange(size), scores.shape)
    border = np.partition(scores, size - k, axis=1)[:, size - k, None]
    # Of the scores at the border only the first places are in: as many as those above it leave free.
    free = k - np.count_nonzero(scores > border, axis=1)
    chosen = scores >= border
    for row in np.flatnonzero(np.count_nonzero(chosen, axis=1) > k):
        at_border = np.flatnonzero(scores[row] == border[row])
        chosen[row, at_border[free[row] :]] = False
    return np.nonzero(chosen)[1].reshape(-1, k)
