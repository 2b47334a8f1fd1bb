"""Ranks and their metrics against sorting with random orders of ties, and against the numbers of NVIDIA Merlin's tests."""

from typing import Any

import numpy as np
import pytest

from specc.runtime.metrics.ranking import average_precision, mrr, ndcg, precision, recall
from specc.runtime.metrics.ranks import Catalogue, Ranks, joined_ranks, rank_by_score


def ragged(rows: Any) -> tuple[Any, Any]:
    return np.array([i for row in rows for i in row], "int64"), np.cumsum([0, *map(len, rows)])


def rank_targets(query: Any, candidates: Any, ids: Any, targets: Any, seen: Any = None, memory: int = 1 << 23) -> Ranks:
    return Catalogue(candidates, ids, memory).ranks(query, targets, seen)


def brute_force(order: Any, targets: Any, k: int) -> dict[str, float]:
    """Every metric of one ranked list of ids, by the book."""
    places = [list(order).index(t) for t in targets if t in order]
    top = sorted(p for p in places if p < k)
    best = sum(1 / np.log2(i + 2) for i in range(min(k, len(targets))))
    return {
        "recall": len(top) / len(targets),
        "precision": len(top) / k,
        "ndcg": sum(1 / np.log2(p + 2) for p in top) / best,
        "mrr": 1 / (top[0] + 1) if top else 0.0,
        "map": sum((i + 1) / (p + 1) for i, p in enumerate(top)) / min(k, len(targets)),
    }


def ours(ranks: Ranks, k: int) -> dict[str, Any]:
    metrics = {"recall": recall, "precision": precision, "ndcg": ndcg, "mrr": mrr, "map": average_precision}
    return {name: metric(ranks, k) for name, metric in metrics.items()}


def test_numbers_of_merlin() -> None:
    labels = np.array([[0, 1, 0, 1, 0], [1, 0, 0, 1, 0], [0, 0, 0, 0, 1]])
    predictions = np.array([[10, 9, 8, 7, 6], [1, 4, 3, 2, 5], [10, 9, 8, 7, 6]])
    targets = ragged([np.flatnonzero(row) for row in labels])
    found = {
        name: values.mean() for name, values in ours(rank_targets(predictions, np.eye(5), np.arange(5), targets), 4).items()
    }
    expected = {"recall": 0.5, "precision": 0.25, "map": 0.2083333, "mrr": 0.25, "ndcg": 0.30499637}
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("k", [1, 3, 10])
def test_expectation_over_random_orders_of_ties(k: int) -> None:
    rng = np.random.default_rng(k)
    v, rows, repeats = 9, 12, 4000
    scores = rng.integers(0, 3, (rows, v)).astype("float32")  # many ties
    ids = rng.permutation(100)[:v]
    targets = [rng.choice(ids, rng.integers(1, 4), replace=False) for _ in range(rows)]
    targets[3] = np.array([ids[0], 777])  # one of two is not a candidate
    found = ours(rank_targets(scores, np.eye(v), ids, ragged(targets)), k)
    for row in range(rows):
        drawn = [brute_force(ids[np.lexsort((rng.random(v), -scores[row]))], targets[row], k) for _ in range(repeats)]
        for name, values in found.items():
            sample = np.array([each[name] for each in drawn])
            error = 4.5 * sample.std() / np.sqrt(repeats) + 1e-9
            assert abs(values[row] - sample.mean()) <= error, (row, name)


def test_without_ties_it_is_plain_sorting_with_seen_ids_taken_out() -> None:
    rng = np.random.default_rng(0)
    rows, v, d = 60, 200, 8
    query, candidates = rng.normal(size=(rows, d)), rng.normal(size=(v, d))
    ids = rng.permutation(1000)[:v]
    targets = rng.choice(ids, rows)
    seen = [rng.choice(np.arange(1000), 50) for _ in range(rows)]  # some no candidates, some twice
    seen[7] = np.array([targets[7], *ids[:5]])  # the target was seen, and stays
    ranks = rank_targets(query, candidates, ids, targets, ragged(seen), memory=10_000)
    assert (ranks.tied == 0).all()
    found = ours(ranks, 10)
    for row in range(rows):
        order = [i for i in ids[np.argsort(-(candidates @ query[row]))] if i == targets[row] or i not in seen[row]]
        for name, value in brute_force(order, [targets[row]], 10).items():
            assert found[name][row] == pytest.approx(value), (row, name)


@pytest.mark.parametrize("v", [5, 17, 100, 1003])
def test_equal_candidates_are_worth_chance_wherever_they_stand(v: int) -> None:
    # With float32 and such sizes a plain matrix product gives the columns at its edge other roundings.
    rng = np.random.default_rng(0)
    query = rng.normal(size=(v, 64)).astype("float32")
    candidates = np.repeat(rng.normal(size=(1, 64)), v, axis=0).astype("float32")
    ranks = rank_targets(query, candidates, np.arange(v), np.arange(v))
    assert (ranks.above == 0).all()
    assert (ranks.tied == v - 1).all()
    assert recall(ranks, 2) == pytest.approx(np.full(v, 2 / v))
    assert mrr(ranks, v) == pytest.approx(np.full(v, np.mean(1 / np.arange(1, v + 1))))


def test_zero_and_minus_zero_are_one_vector_and_constant_scores_are_ties() -> None:
    candidates = np.array([[0.0, 1.0], [-0.0, 1.0], [0.0, 2.0]])
    ranks = rank_targets(np.array([[3.0, 1.0], [3.0, 0.0]]), candidates, np.arange(3), np.array([0, 0]))
    assert ranks.above.tolist() == [1, 0]
    assert ranks.tied.tolist() == [1, 2]


def test_misses_count_and_rows_without_targets_do_not() -> None:
    targets = ragged([[0], [], [99], [2, 99]])
    ranks = rank_targets(np.eye(4), np.eye(4), np.arange(4), targets)
    np.testing.assert_array_equal(recall(ranks, 1), [1.0, np.nan, 0.0, 0.0])
    np.testing.assert_array_equal(recall(ranks, 4), [1.0, np.nan, 0.0, 0.5])
    for values in ours(ranks, 2).values():
        np.testing.assert_array_equal(np.isnan(values), [False, True, False, False])
        assert values[2] == 0


def test_a_target_that_is_there_twice_counts_once() -> None:
    ranks = rank_targets(np.eye(3), np.eye(3), np.arange(3), ragged([[0, 0], [1], [2]]))
    assert recall(ranks, 1).tolist() == [1.0, 1.0, 1.0]
    assert len(ranks.row) == 3


def test_blocks_do_not_change_the_result() -> None:
    rng = np.random.default_rng(1)
    query, candidates = rng.integers(-2, 3, (37, 4)), rng.integers(-2, 3, (50, 4))
    targets, seen = ragged([rng.integers(0, 50, 3) for _ in range(37)]), ragged([rng.integers(0, 50, 9) for _ in range(37)])
    small, large = (rank_targets(query, candidates, np.arange(50), targets, seen, memory=m) for m in (1, 1 << 24))
    np.testing.assert_array_equal(small.above, large.above)
    np.testing.assert_array_equal(small.tied, large.tied)


def counted(scores: Any, ids: Any, targets: Any, seen: Any) -> tuple[list[int], list[int]]:
    """Above and tied by comparing every score with every other."""
    above, tied = [], []
    for row, own in enumerate(targets):
        left = [i not in seen[row] or i in own for i in ids]
        for target in np.unique(own):
            score = scores[row][ids == target]
            known = len(score) > 0
            above.append(int((scores[row][left] > score).sum()) if known else -1)
            tied.append(int((scores[row][left] == score).sum()) - 1 if known else 0)
    return above, tied


@pytest.mark.parametrize("threads", [False, True])
@pytest.mark.parametrize("unlike", [3, 150, 400])
def test_tiles_of_candidates(unlike: int, threads: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("specc.runtime.metrics.scores.SMALL", 0 if threads else 10**9)
    monkeypatch.setattr("specc.runtime.metrics.ranks.Catalogue.WIDTH", 30)
    rng = np.random.default_rng(unlike)
    rows, v = 33, 400
    query = rng.integers(-3, 4, (rows, 5)).astype("float32")  # their products are exact
    candidates = rng.integers(-3, 4, (unlike, 5)).astype("float32")[rng.integers(0, unlike, v)]
    ids = rng.permutation(1000)[:v]
    targets = [rng.choice(1000 if row % 4 == 0 else ids, rng.integers(0, 4)) for row in range(rows)]
    seen = [rng.choice(1000, 200) for _ in range(rows)]
    catalogue = Catalogue(candidates, ids, memory=4 * 200)
    assert catalogue.width == {3: 3, 150: 29, 400: 29}[unlike]
    assert 1 < catalogue.height < rows or unlike == 3
    for left_out in (None, seen):
        ranks = catalogue.ranks(query, ragged(targets), None if left_out is None else ragged(left_out))
        above, tied = counted(query @ candidates.T, ids, targets, left_out or [[]] * rows)
        assert ranks.above.tolist() == above
        assert ranks.tied.tolist() == tied


def test_a_row_whose_own_score_comes_out_otherwise_is_ranked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    query, candidates = rng.integers(-3, 4, (20, 5)), rng.integers(-3, 4, (300, 5))
    seen = ragged([rng.choice(300, 40) for _ in range(20)])
    catalogue, targets = Catalogue(candidates, np.arange(300), memory=4 * 64), rng.integers(0, 300, 20)
    right = catalogue.ranks(query, targets, seen)
    own_scores = Catalogue.own_scores
    monkeypatch.setattr(Catalogue, "own_scores", lambda *given: own_scores(*given) + np.float32(1e-5))
    again = catalogue.ranks(query, targets, seen)
    np.testing.assert_array_equal(again.above, right.above)
    np.testing.assert_array_equal(again.tied, right.tied)


def test_scores_that_are_the_same_in_every_row() -> None:
    rng = np.random.default_rng(3)
    scores, ids = rng.integers(0, 6, 40), rng.permutation(90)[:40]
    targets, seen = [rng.choice(90, rng.integers(0, 4)) for _ in range(25)], [rng.choice(90, 30) for _ in range(25)]
    for left_out in (None, seen):
        ranks = rank_by_score(scores, ids, ragged(targets), None if left_out is None else ragged(left_out))
        above, tied = counted(np.tile(scores, (25, 1)), ids, targets, left_out or [[]] * 25)
        assert ranks.above.tolist() == above
        assert ranks.tied.tolist() == tied
        assert ranks.rows == 25


def test_rows_that_are_ranked_some_at_a_time() -> None:
    rng = np.random.default_rng(4)
    catalogue, query = Catalogue(rng.normal(size=(30, 3)), np.arange(30)), rng.normal(size=(9, 3))
    targets = [[1], [], [2, 3], [4], [99], [5, 6], [], [7], []]
    whole = catalogue.ranks(query, ragged(targets))
    joined = joined_ranks([catalogue.ranks(query[i : i + 4], ragged(targets[i : i + 4])) for i in (0, 4, 8)])
    assert joined.rows == 9
    for name in ("row", "above", "tied"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(whole, name))


def test_what_cannot_be_ranked_is_refused() -> None:
    eye = np.eye(3)
    with pytest.raises(ValueError, match="query vectors hold NaN"):
        rank_targets(np.full((3, 3), np.nan), eye, np.arange(3), np.arange(3))
    with pytest.raises(ValueError, match="candidate vectors hold NaN"):
        rank_targets(eye, np.full((3, 3), np.inf), np.arange(3), np.arange(3))
    with pytest.raises(ValueError, match="twice"):
        rank_targets(eye, eye, np.array([1, 2, 1]), np.arange(3))
    with pytest.raises(ValueError, match="3 queries and 2 rows of targets"):
        rank_targets(eye, eye, np.arange(3), np.arange(2))
