"""Where targets rank among all candidates, exactly, with what ties with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .scores import as_vectors, check_finite, columns_of, each_block, ragged_rows, unlike_vectors


@dataclass(frozen=True)
class Ranks:
    """For each target of each row, int64 (targets,): its row, how many other candidates are above it, and how many tie.

    A target that is not a candidate, a miss, has `above` -1. `rows` is the number of rows, with or without targets.
    """

    rows: int
    row: Any
    above: Any
    tied: Any


class Catalogue:
    """Candidates that targets are ranked among.

    Scores are made a tile at a time, some rows by some candidates, and only counted: so they stay in a processor's cache. Each
    row's own score comes first, from a product of the same shape; should it be another, by its last bits, where the
    target's turn comes, the row is ranked again from a single product. Candidates whose vectors are equal are scored once.

    Args:
        candidates: (v, d), float.
        candidate_ids: (v,), integer, each once.
        memory: bytes of one tile of scores. Each thread, one a processor, has its own.

    Raises:
        ValueError: vectors that are not finite, lengths that do not belong together, or a candidate that is there twice.
    """

    WIDTH = 8192  # candidates that are scored at a time

    def __init__(self, candidates: Any, candidate_ids: Any, memory: int = 1 << 23) -> None:
        self.ids = np.asarray(candidate_ids)
        vectors = as_vectors(candidates)
        if len(vectors) != len(self.ids):
            raise ValueError(f"{len(vectors)} candidates and {len(self.ids)} ids do not belong together")
        check_finite("candidate", vectors)
        columns_of(self.ids[:0], self.ids)  # refuses an id that is there twice
        self.vectors, self.place = unlike_vectors(vectors)
        self.times = np.bincount(self.place, minlength=1)  # how many candidates have each of these vectors
        scores, unlike = max(memory // vectors.itemsize, 64), max(len(self.vectors), 1)
        tiles = -(-unlike // min(self.WIDTH, scores)) if unlike > min(4 * self.WIDTH, scores) else 1
        self.width = -(-unlike // tiles)
        self.height = min(max(scores // self.width, 1), 256)

    def ranks(self, query: Any, targets: Any, seen: tuple[Any, Any] | None = None) -> Ranks:
        """The ranks of rows' targets.

        Args:
            query: (rows, d), float.
            targets: (rows,), one id a row; or values and offsets (rows + 1,) of several a row. Ids that are no
                candidates are misses. An id that is there twice in a row counts once.
            seen: values and offsets (rows + 1,) of ids that are taken out of a row's candidates, except its targets.

        Raises:
            ValueError: vectors that are not finite, or lengths that do not belong together.
        """
        query = as_vectors(query)
        row, column = pairs_of(targets, self.ids)
        count = len(targets[1]) - 1 if isinstance(targets, tuple) else len(targets)
        if count != len(query):
            raise ValueError(f"{len(query)} queries and {count} rows of targets do not belong together")
        check_finite("query", query)
        above, tied = np.full(len(row), -1), np.zeros(len(row), np.int64)
        hidden = None if seen is None else hidden_pairs(row, column, seen, self.ids)

        def block(begin: int) -> None:
            rows = slice(begin, min(begin + self.height, len(query)))
            near = np.arange(*np.searchsorted(row, [rows.start, rows.stop]))
            near = near[column[near] >= 0]
            if not len(near):
                return
            out = np.empty((rows.stop - begin, self.width), np.result_type(query, self.vectors))
            local, place = row[near] - begin, self.place[column[near]]
            hides = None
            if hidden is not None:
                pairs = slice(*np.searchsorted(hidden[0], [rows.start, rows.stop]))
                hides = hidden[0][pairs] - begin, self.place[hidden[1][pairs]]
            own = self.own_scores(query[rows], local, place, out)
            above[near], tied[near], sure = self.count(query[rows], local, place, own, hides, out)
            for one in np.unique(local[~sure]):
                now = local == one
                scores = query[begin + one] @ self.vectors.T
                theirs = None if hides is None else (np.zeros_like(hides[1][hides[0] == one]), hides[1][hides[0] == one])
                above[near[now]], tied[near[now]] = tally(
                    scores[None], self.times, np.zeros_like(local[now]), scores[place[now]], theirs
                )
            tied[near] -= 1  # the target itself

        each_block(block, range(0, len(query), self.height), len(query) * self.vectors.size)
        return Ranks(len(query), row, above, tied)

    def own_scores(self, query: Any, local: Any, place: Any, out: Any) -> Any:
        """The scores of targets (t,), rows local (t,) of the query, vectors place (t,); out: a tile to work in."""
        if self.width == len(self.vectors):
            return np.matmul(query, self.vectors.T, out=out)[local, place]
        own = np.empty(len(local), out.dtype)
        for start in range(0, len(local), self.width):
            now = slice(start, start + self.width)
            vectors = self.vectors[np.resize(place[now], self.width)]
            own[now] = np.matmul(query, vectors.T, out=out)[local[now], np.arange(len(local[now]))]
        return own

    def count(self, query: Any, local: Any, place: Any, own: Any, hides: Any, out: Any) -> tuple[Any, Any, Any]:
        """For targets as of `own_scores` how many candidates are above, how many are equal, itself included, and whether its
        own score was met again (t,).
        """
        above, equal = np.zeros(len(local), np.int64), np.zeros(len(local), np.int64)
        sure = np.zeros(len(local), bool)
        for end in range(self.width, len(self.vectors) + self.width, self.width):
            begin, end = end - self.width, min(end, len(self.vectors))
            first = end - self.width  # the last tile begins earlier, so that all are of one shape
            if self.width < len(self.vectors):
                np.matmul(query, self.vectors[first:end].T, out=out)
            scores = out[:, begin - first :]
            here = np.flatnonzero((place >= begin) & (place < end))
            sure[here] = scores[local[here], place[here] - begin] == own[here]
            now = None
            if hides is not None:
                inside = (hides[1] >= begin) & (hides[1] < end)
                now = hides[0][inside], hides[1][inside] - begin
            more, same = tally(scores, self.times[begin:end], local, own, now)
            above += more
            equal += same
        return above, equal, sure


def tally(scores: Any, times: Any, local: Any, own: Any, hides: tuple[Any, Any] | None) -> tuple[Any, Any]:
    """How many candidates are above a score and how many are equal to it, int64 (t,).

    scores: (rows, n); times: how many candidates each column stands for (n,); local: rows (t,), rising; own: scores (t,);
    hides: rows and columns of candidates that are left out.
    """
    several = np.flatnonzero(times > 1)
    turn = np.arange(len(local)) - np.searchsorted(local, local)  # of a row's targets the first, the second ...
    turns = np.split(np.argsort(turn, kind="stable"), np.cumsum(np.bincount(turn))[:-1])
    mask = np.empty(scores.shape, bool)
    found = []
    for compare in (np.greater, np.equal):
        counts = np.empty(len(local), np.int64)
        for now in turns:
            rows = local[now]
            if 2 * len(rows) > len(scores):  # all at once: each call lets go of Python's lock, which the threads wait for
                each = np.full((len(scores), 1), np.nan, own.dtype)
                each[rows, 0] = own[now]
                compare(scores, each, out=mask)
            else:
                for row, score in zip(rows, own[now], strict=True):
                    compare(scores[row], score, out=mask[row])
            counts[now] = [np.count_nonzero(mask[row]) for row in rows]
            if len(several):
                counts[now] += mask[np.ix_(rows, several)] @ (times[several] - 1)
        if hides is not None and len(hides[0]):
            first, last = np.searchsorted(hides[0], local), np.searchsorted(hides[0], local, side="right")
            pair = np.repeat(first - (np.cumsum(last - first) - (last - first)), last - first) + np.arange(sum(last - first))
            target = np.repeat(np.arange(len(local)), last - first)
            hit = compare(scores[hides[0][pair], hides[1][pair]], own[target])
            counts -= np.bincount(target[hit], minlength=len(local))
        found.append(counts)
    return found[0], found[1]


def rank_by_score(scores: Any, candidate_ids: Any, targets: Any, seen: tuple[Any, Any] | None = None) -> Ranks:
    """As `Catalogue.ranks`, for candidates whose scores (v,) are the same in every row."""
    scores = np.asarray(scores)
    row, column = pairs_of(targets, candidate_ids)
    ordered, found = np.sort(scores), column >= 0
    above, tied = np.full(len(row), -1), np.zeros(len(row), np.int64)
    own = scores[column]
    last = np.searchsorted(ordered, own[found], side="right")
    above[found] = len(ordered) - last
    tied[found] = last - np.searchsorted(ordered, own[found]) - 1
    if seen is not None:
        hidden_row, hidden_column = hidden_pairs(row, column, seen, candidate_ids)
        first, last = np.searchsorted(hidden_row, row), np.searchsorted(hidden_row, row, side="right")
        lengths = np.where(found, last - first, 0)
        pair = np.repeat(first - (np.cumsum(lengths) - lengths), lengths) + np.arange(lengths.sum())
        target = np.repeat(np.arange(len(row)), lengths)
        theirs = scores[hidden_column[pair]]
        above -= np.bincount(target[theirs > own[target]], minlength=len(row))
        tied -= np.bincount(target[theirs == own[target]], minlength=len(row))
    rows = len(targets[1]) - 1 if isinstance(targets, tuple) else len(targets)
    return Ranks(rows, row, above, tied)


def pairs_of(lists: Any, candidate_ids: Any) -> tuple[Any, Any]:
    """Rows (n,), rising, and columns (n,), -1 for ids that are no candidates, of one id a row (rows,), or of values and offsets
    (rows + 1,); each id of a row once.
    """
    if not isinstance(lists, tuple):
        return np.arange(len(lists)), columns_of(np.asarray(lists), candidate_ids)
    values, offsets = np.asarray(lists[0]), np.asarray(lists[1])
    if offsets[-1] != len(values):
        raise ValueError(f"{len(values)} values and offsets up to {offsets[-1]} do not belong together")
    row = ragged_rows(offsets)
    order = np.lexsort((values, row))
    row, values = row[order], values[order]
    new = np.ones(len(row), bool)
    new[1:] = (row[1:] != row[:-1]) | (values[1:] != values[:-1])
    return row[new], columns_of(values[new], candidate_ids)


def hidden_pairs(row: Any, column: Any, seen: Any, candidate_ids: Any) -> tuple[Any, Any]:
    """Rows, rising, and columns of what is left out: candidates that were seen, but for targets; row and column (t,): these."""
    seen_row, seen_column = pairs_of(seen, candidate_ids)
    size = len(candidate_ids)
    left = (seen_column >= 0) & ~np.isin(seen_row * size + seen_column, (row * size + column)[column >= 0])
    return seen_row[left], seen_column[left]


def joined_ranks(parts: Sequence[Ranks]) -> Ranks:
    """The ranks of rows that were ranked some at a time, one part after the other; of one part at least."""
    starts = np.cumsum([0, *(part.rows for part in parts)])
    return Ranks(
        int(starts[-1]),
        np.concatenate([part.row + start for part, start in zip(parts, starts[:-1], strict=True)]),
        np.concatenate([part.above for part in parts]),
        np.concatenate([part.tied for part in parts]),
    )
