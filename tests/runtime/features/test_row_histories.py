"""Histories against a double loop over the rows."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specc.runtime.features.errors import DataError
from specc.runtime.features.history import histories, history

ROWS = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 3)), st.integers(0, 6), st.one_of(st.none(), st.booleans())),
    min_size=0,
    max_size=30,
)


def brute_force(
    rows: list[tuple[Any, int, Any]], last: int | None, use_where: bool, within: int | None, lag: int | None
) -> list[list[int]]:
    found = []
    for user, time, _ in rows:
        seen = []
        for place, (other, earlier, event) in enumerate(rows):
            known = user is not None and other == user and earlier < time
            known = known and (not use_where or event is True)
            known = known and (within is None or earlier >= time - within) and (lag is None or earlier <= time - lag)
            if known:
                seen.append((earlier, place))
        places = [place for _, place in sorted(seen)]
        found.append(places if last is None else places[-last:])
    return found


@given(
    ROWS, st.sampled_from([None, 1, 2, 5]), st.booleans(), st.sampled_from([None, 0, 1, 3]), st.sampled_from([None, 0, 1, 2])
)
@settings(max_examples=200, deadline=None)
def test_against_a_double_loop(
    rows: list[tuple[Any, int, Any]], last: int | None, use_where: bool, within: int | None, lag: int | None
) -> None:
    schema = {"user": pl.Int64, "time": pl.Int64, "event": pl.Boolean}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.int_range(pl.len()).alias("place"))
    where = pl.col("event") if use_where else None
    got = history(frame, "place", by="user", order="time", last=last, where=where, within=within, lag=lag)
    assert got.to_list() == brute_force(rows, last, use_where, within, lag)

    # The same in hours of a real time, from rows in another order.
    hour = timedelta(hours=1)
    timed = frame.with_columns(pl.col("time") * pl.lit(hour) + pl.lit(datetime(2024, 1, 1)))
    windows: dict[str, Any] = {
        "within": None if within is None else f"{within}h",
        "lag": None if lag is None else f"{lag * 60}m",
    }
    assert history(timed, "place", by="user", order="time", last=last, where=where, **windows).to_list() == got.to_list()


def test_without_an_order_rows_come_in_their_order() -> None:
    frame = pl.DataFrame({"u": ["a", "b", "a", "a"], "v": [1, 2, 3, 4]})
    assert history(frame, "v", by="u", last=2).to_list() == [[], [], [1], [1, 3]]


def test_by_several_columns_and_several_fields_of_one_event() -> None:
    frame = pl.DataFrame({"u": [1, 1, 1, 1], "s": [1, 1, 2, 1], "item": [5, 6, 7, 8], "cat": ["a", None, "c", "d"]})
    got = histories(frame, {"recent.item": "item", "recent.cat": "cat"}, by=["u", "s"], last=3)
    assert got.to_dict(as_series=False) == {"recent.item": [[], [5], [], [5, 6]], "recent.cat": [[], ["a"], [], ["a", None]]}


def test_only_asked_rows_get_a_history_and_text_orders() -> None:
    frame = pl.DataFrame({"u": [1, 1, 1], "dt": ["2024-01-03", "2024-01-01", "2024-01-02"], "v": [3, 1, 2]})
    assert history(frame, "v", by="u", order="dt", rows=pl.col("v") == 3).to_list() == [[1, 2], [], []]


def test_windows_need_an_order_that_measures_them() -> None:
    frame = pl.DataFrame({"u": [1], "t": [datetime(2024, 1, 1)], "n": [1.0], "s": ["x"]})
    for order, within in [("t", 5), ("n", "5d"), ("s", "5d"), (None, "5d"), ("t", "5 days")]:
        with pytest.raises(ValueError, match=r"window|length of time"):
            history(frame, "u", by="u", order=order, within=within)  # type: ignore[arg-type]


def test_a_row_without_a_time_is_an_error() -> None:
    frame = pl.DataFrame({"u": [1, 1], "t": [1.0, float("nan")]})
    with pytest.raises(DataError) as caught:
        history(frame, "u", by="u", order="t")
    assert (caught.value.column, caught.value.row) == ("t", 2)


def test_last_of_nothing_is_nothing() -> None:
    frame = pl.DataFrame({"u": [1, 1], "v": [1, 2]})
    assert history(frame, "v", by="u", last=0).to_list() == [[], []]
