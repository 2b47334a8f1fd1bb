"""The best candidates against a full stable sort."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specc.runtime.metrics import scores as parts
from specc.runtime.metrics import top_k as module
from specc.runtime.metrics.top_k import TopK, merged


def by_sorting(query, candidates, ids, k):
    """Ids and scores of each row's best by sorting all of it."""
    found = []
    for row in query:
        own = candidates @ row
        order = np.argsort(-own, kind="stable")[:k]
        missing = k - len(order)
        found.append(([*ids[order].tolist(), *[-1] * missing], [*own[order].tolist(), *[-np.inf] * missing]))
    return found


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(0, 9),
    candidates=st.integers(0, 60),
    k=st.integers(1, 70),
    first=st.integers(1, 9),
    width=st.integers(1, 20),
    values=st.sampled_from([1, 2, 50]),  # few values: many equal vectors and scores
    rising=st.booleans(),
    threads=st.booleans(),
)
def test_equals_a_stable_sort(seed, rows, candidates, k, first, width, values, rising, threads):
    rng = np.random.default_rng(seed)
    query = rng.integers(-values, values + 1, (rows, 3)).astype("float32")
    vectors = rng.integers(-values, values + 1, (candidates, 3)).astype("float32")
    if rising and rows:  # each tile is better than those before
        vectors = vectors[np.argsort(vectors @ query[0], kind="stable")]
    ids = rng.permutation(3 * candidates)[:candidates]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(parts, "SMALL", 0 if threads else 10**9)
        patched.setattr(TopK, "FIRST", first)
        patched.setattr(TopK, "WIDTH", width)
        best = TopK(vectors, ids, k, memory=1000)
        best.first, best.width = first, width  # even where `k` is more
        found, scores = best(query)
    for row, expected in enumerate(by_sorting(query, vectors, ids, k)):
        assert (found[row].tolist(), scores[row].tolist()) == expected


def test_only_what_may_be_among_the_best_is_looked_at(monkeypatch):
    rng = np.random.default_rng(1)
    looked = []

    def counting(best, places, row, scores, columns):
        looked.append(len(row))
        return merged(best, places, row, scores, columns)

    monkeypatch.setattr(module, "merged", counting)
    query, candidates = rng.standard_normal((8, 4), "float32"), rng.standard_normal((50_000, 4), "float32")
    found, _ = TopK(candidates, np.arange(50_000), 5)(query)
    assert found.tolist() == np.argsort(-(query @ candidates.T), axis=1, kind="stable")[:, :5].tolist()
    # Of 50,000 a part is looked at, each time as much as is above the best of all before: 3 x 5 of the first tile's parts.
    assert sum(looked) < 8 * 5 * 20


def test_shapes_and_refusals():
    ids, scores = TopK(np.eye(2), np.array([7, 9]), 1)(np.eye(2))
    assert ids.tolist() == [[7], [9]]
    assert ids.dtype == np.int64
    assert scores.tolist() == [[1.0], [1.0]]
    with pytest.raises(ValueError, match="at least 1"):
        TopK(np.eye(2), np.arange(2), 0)
    with pytest.raises(ValueError, match="NaN"):
        TopK(np.eye(2), np.arange(2), 1)(np.full((2, 2), np.nan))
    with pytest.raises(ValueError, match="NaN"):
        TopK(np.full((2, 2), np.nan), np.arange(2), 1)
    with pytest.raises(ValueError, match="twice"):
        TopK(np.eye(2), np.array([1, 1]), 1)
    with pytest.raises(ValueError, match="do not belong together"):
        TopK(np.eye(2), np.arange(3), 1)
    with pytest.raises(ValueError, match="do not belong together"):
        TopK(np.eye(2), np.arange(2), 1)(np.eye(3))
