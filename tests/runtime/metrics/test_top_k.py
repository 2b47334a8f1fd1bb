"""The best candidates against a full stable sort."""

import numpy as np
import pytest

from specc.runtime.metrics.top_k import top_k


@pytest.mark.parametrize("k", [1, 4, 20, 25])
def test_equals_a_stable_sort_ties_and_seen_included(k: int) -> None:
    rng = np.random.default_rng(k)
    query, candidates = rng.integers(-1, 2, (30, 3)).astype("float32"), rng.integers(-1, 2, (20, 3)).astype("float32")
    ids = rng.permutation(90)[:20]
    seen = [rng.choice(ids, rng.integers(0, 20), replace=False) for _ in range(30)]
    offsets = np.cumsum([0, *map(len, seen)])
    found, scores = top_k(query, candidates, ids, k, (np.concatenate(seen), offsets), memory=700)
    for row in range(30):
        own = candidates @ query[row]
        order = [j for j in np.argsort(-own, kind="stable") if ids[j] not in seen[row]][:k]
        missing = k - len(order)
        assert found[row].tolist() == [*ids[order], *[-1] * missing]
        assert scores[row].tolist() == [*own[order], *[-np.inf] * missing]


def test_shapes_and_refusals() -> None:
    ids, scores = top_k(np.eye(2), np.eye(2), np.array([7, 9]), 1)
    assert ids.tolist() == [[7], [9]]
    assert ids.dtype == np.int64
    assert scores.tolist() == [[1.0], [1.0]]
    with pytest.raises(ValueError, match="at least 1"):
        top_k(np.eye(2), np.eye(2), np.arange(2), 0)
    with pytest.raises(ValueError, match="NaN"):
        top_k(np.full((2, 2), np.nan), np.eye(2), np.arange(2), 1)
