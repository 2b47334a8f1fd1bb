"""Joins, row choices and splits."""

from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specc.runtime.features.errors import DataError
from specc.runtime.features.rows import each, join_entity, last
from specc.runtime.features.split import by_file, by_time, leave_last, random_split

EVENTS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=25)


def events(rows: list[tuple[int, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"u": pl.Int64, "t": pl.Int64}, orient="row").with_row_index("place")


def newest_first(rows: list[tuple[int, int]], user: int) -> list[int]:
    return [place for _, place in sorted(((t, i) for i, (u, t) in enumerate(rows) if u == user), reverse=True)]


@given(EVENTS)
@settings(max_examples=100, deadline=None)
def test_last_row_of_every_group(rows: list[tuple[int, int]]) -> None:
    want = sorted(newest_first(rows, user)[0] for user in {u for u, _ in rows})
    assert last(events(rows), by="u", order="t")["place"].to_list() == want


@given(EVENTS, st.integers(0, 2), st.integers(0, 2))
@settings(max_examples=100, deadline=None)
def test_leave_last(rows: list[tuple[int, int]], valid: int, test: int) -> None:
    want = ["train"] * len(rows)
    for user in {u for u, _ in rows}:
        places = newest_first(rows, user)
        if len(places) > valid + test:
            for rank, place in enumerate(places[: valid + test]):
                want[place] = "test" if rank < test else "valid"
    if "valid" not in want:
        with pytest.raises(DataError, match="no row for `valid`"):
            leave_last(events(rows), by="u", order="t", valid=valid, test=test)
    else:
        assert leave_last(events(rows), by="u", order="t", valid=valid, test=test)["part"].to_list() == want


def test_random_split_is_exact_and_repeatable() -> None:
    frame = pl.DataFrame({"a": range(1000)})
    one, two, other = (random_split(frame, valid=0.1, test=0.05, seed=seed) for seed in (1, 1, 2))
    assert one["part"].value_counts().sort("part")["count"].to_list() == [850, 100, 50]
    assert one.equals(two)
    assert not one.equals(other)
    with pytest.raises(ValueError, match="nothing to train on"):
        random_split(frame, valid=0.5, test=0.5)
    with pytest.raises(DataError, match="no row for `valid`"):
        random_split(frame, valid=0.0)


def test_by_time_on_times_numbers_and_text() -> None:
    days = [datetime(2024, 1, day) for day in (1, 2, 3, 4)]
    frames: list[tuple[pl.DataFrame, Any, Any, Any]] = [
        (pl.DataFrame({"t": days}), "2024-01-02", "2024-01-03", "2024-01-04"),
        (pl.DataFrame({"t": [1, 2, 3, 4]}), 2, 3, 4),
        (pl.DataFrame({"t": ["a", "b", "c", "d"]}), "b", "c", "d"),
    ]
    for frame, train, valid, test in frames:
        assert by_time(frame, "t", valid=valid, test=test)["part"].to_list() == ["train", "train", "valid", "test"]
        assert by_time(frame, "t", train=train, valid=valid, test=test)["part"].to_list() == ["train", "valid", "test"]
        assert by_time(frame, "t", valid=valid)["part"].to_list() == ["train", "train", "valid", "valid"]


def test_by_time_refuses_what_it_cannot_compare() -> None:
    frame = pl.DataFrame({"t": [datetime(2024, 1, 1), None], "n": [1, 2]})
    for column, valid, test, words in [
        ("t", "2024-01-01", None, "without a time"),
        ("n", "2024-01-01", None, "cannot be compared"),
        ("n", 3, 2, "out of order"),
        ("n", 1, None, "no row for `train`"),
    ]:
        with pytest.raises(DataError, match=words):
            by_time(frame, column, valid=valid, test=test)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="cannot be compared"):
        by_time(frame.head(1), "t", valid="soon")


def test_by_file() -> None:
    frame = pl.DataFrame({".file": ["d/day_1.gz", "d/day_2.gz", "d/day_22.gz", "e/day_3.gz"]})
    assert by_file(frame, valid="day_2.gz", test="day_3*")["part"].to_list() == ["train", "valid", "train", "test"]
    assert by_file(frame, valid="e/*")["part"].to_list() == ["train", "train", "train", "valid"]
    with pytest.raises(DataError, match="no file matches `day_9`"):
        by_file(frame, valid="day_9")


def test_each_keeps_rows_that_meet_the_condition() -> None:
    frame = pl.DataFrame({"r": [5.0, None, 3.0]})
    assert each(frame, pl.col("r") >= 4)["r"].to_list() == [5.0]
    with pytest.raises(DataError, match="no row meets"):
        each(frame, pl.col("r") > 5)


def test_join_entity_keeps_order_and_leaves_unknown_keys_null() -> None:
    frame = pl.DataFrame({"movie_id": [3, 1, 9, 1]})
    movies = pl.DataFrame({"movieId": [1, 3], "year": [1995, 2000]})
    got = join_entity(frame, movies.rename({"movieId": "movie_id"}), "movie_id")
    assert got.to_dict(as_series=False) == {"movie_id": [3, 1, 9, 1], "year": [2000, 1995, None, 1995]}


def test_join_entity_refuses_ambiguous_tables() -> None:
    frame = pl.DataFrame({"id": [1], "year": [1]})
    for entity, words in [
        (pl.DataFrame({"id": [1, 2, 2], "a": [0, 0, 0]}), "`2` comes twice"),
        (pl.DataFrame({"id": ["1"]}), "Int64 in the rows and String"),
        (pl.DataFrame({"id": [1], "year": [5]}), "column of both"),
    ]:
        with pytest.raises(DataError, match=words):
            join_entity(frame, entity, "id")


def test_by_file_with_a_share_of_the_test_rows() -> None:
    frame = pl.DataFrame({".file": ["train.csv"] * 10 + ["test.csv"] * 20})
    parts = by_file(frame, valid=0.25, test="test.csv", seed=3)["part"].to_list()
    assert parts[:10] == ["train"] * 10
    assert parts.count("valid") == 5
    assert parts.count("test") == 15
    assert parts == by_file(frame, valid=0.25, test="test.csv", seed=3)["part"].to_list()
    assert parts != by_file(frame, valid=0.25, test="test.csv", seed=4)["part"].to_list()


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_a_row_without_a_place_in_time_has_no_part(missing: float | None) -> None:
    frame = pl.DataFrame({"z": [1.0, 2.0, missing, 3.0]})
    with pytest.raises(DataError, match="a row without a time belongs to no part") as caught:
        by_time(frame, "z", valid=2)
    assert (caught.value.row, caught.value.kind) == (3, "null")
    assert by_time(frame.drop_nulls().filter(pl.col("z").is_not_nan()), "z", valid=2, train=1)["part"].to_list() == [
        "train", "valid", "valid"
    ]  # fmt: skip
