"""What happened before: for each row, the values of earlier rows of the same user, session or whatever it is grouped by."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .grouping import group_codes, order_values
from .lists import unflatten
from .times import duration


def history(
    frame: pl.DataFrame,
    of: str,
    *,
    by: str | Sequence[str],
    order: str | None = None,
    last: int | None = None,
    where: pl.Expr | None = None,
    within: str | float | None = None,
    lag: str | float | None = None,
    rows: pl.Expr | None = None,
) -> pl.Series:
    """For each row, `of` in the earlier rows of the same `by`, oldest first: a list column, in the order of the frame.

    order: the column that says which row is earlier: a time, number or text. Rows of equal time do not see each other,
        whatever their place. Without it, the order of the rows.
    last: how many of the newest are kept; None keeps all (what a user has seen).
    where: which rows are events; all without it. A row that is none still gets a history.
    within, lag: only events at most, and at least, this long before the row, both ends included: "28d", "1h"; in units of
        `order` where that is a number.
    rows: which rows get a history; the others get an empty list.

    A null in `by` belongs to nobody: an empty history. Time O(n log n); memory, beside that of the frame, some four times the
    result. Raises DataError for a null in `order`, ValueError for a window without an order that it could measure.
    """
    values = histories(frame, {of: of}, by=by, order=order, last=last, where=where, within=within, lag=lag, rows=rows)
    return values.to_series()


def histories(
    frame: pl.DataFrame,
    fields: Mapping[str, str],
    *,
    by: str | Sequence[str],
    order: str | None = None,
    last: int | None = None,
    where: pl.Expr | None = None,
    within: str | float | None = None,
    lag: str | float | None = None,
    rows: pl.Expr | None = None,
) -> pl.DataFrame:
    """As `history`, for several fields of one event: new name -> column. All lists of a row have one length."""
    event, start, end = earlier_events(frame, by, order, where, within, lag)
    if last is not None:
        start = np.maximum(start, end - last)
    lengths = end - start
    if rows is not None:
        lengths *= frame.select(rows.fill_null(False)).to_series().to_numpy()
    return pl.DataFrame([lists_of(frame[of].alias(name).gather(event), start, lengths) for name, of in fields.items()])


def history_slices(
    frame: pl.DataFrame,
    of: str,
    *,
    by: str | Sequence[str],
    order: str | None = None,
    last: int | None = None,
    where: pl.Expr | None = None,
    within: str | float | None = None,
    lag: str | float | None = None,
) -> tuple[pl.Series, NDArray[np.int64], NDArray[np.int64]]:
    """As `history`, and as little as it can be made of: all events' values, one after the other, and for each row where its own
    start, and how many they are.
    """
    event, start, end = earlier_events(frame, by, order, where, within, lag)
    start = start if last is None else np.maximum(start, end - last)
    return frame[of].gather(event), start, end - start


def lists_of(values: pl.Series, start: NDArray[np.int64], lengths: NDArray[np.int64]) -> pl.Series:
    """The list column whose row i holds `lengths[i]` of the values, from place `start[i]` on."""
    total = int(lengths.sum())
    index = np.repeat((start - (np.cumsum(lengths) - lengths)).astype(np.int32 if total < 2**31 else np.int64), lengths)
    index += np.arange(total, dtype=index.dtype)
    return unflatten(values.gather(index), lengths)


def earlier_events(
    frame: pl.DataFrame,
    by: str | Sequence[str],
    order: str | None = None,
    where: pl.Expr | None = None,
    within: str | float | None = None,
    lag: str | float | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The rows that are events, by group and then by time, and for each row where in them its earlier ones start and end."""
    group = group_codes(frame, by)
    time = order_values(frame, order)
    is_event = group >= 0
    if where is not None:
        is_event &= frame.select(where.fill_null(False)).to_series().to_numpy()
    event = np.flatnonzero(is_event)
    # One number sorts by group, then by time; stable, so that events of equal time keep the order of their rows.
    ticks, tick = np.unique(time[event], return_inverse=True)
    key = group[event] * (len(ticks) + 1) + tick
    sorting = np.argsort(key, kind="stable")
    event, key = event[sorting], key[sorting]

    before = np.searchsorted(ticks, time, side="left")
    if lag is not None:  # a lag of nothing is no leave to see the present
        before = np.minimum(before, np.searchsorted(ticks, time - window(lag, frame, order), side="right"))
    since = (
        np.zeros_like(before) if within is None else np.searchsorted(ticks, time - window(within, frame, order), side="left")
    )
    end = np.searchsorted(key, group * (len(ticks) + 1) + before)
    start = np.searchsorted(key, group * (len(ticks) + 1) + np.minimum(since, before))
    return event, np.where(group >= 0, start, 0), np.where(group >= 0, end, 0)


def window(length: str | float, frame: pl.DataFrame, order: str | None) -> float:
    """A window in the units of `order_values`. Raises ValueError where the order has no such measure."""
    kind = pl.Null() if order is None else frame[order].dtype
    if kind.is_temporal() and isinstance(length, str):
        return duration(length) // timedelta(microseconds=1)
    if kind.is_numeric() and not isinstance(length, str):
        return length
    needs = "a number" if kind.is_numeric() else "a column of times or numbers to order by"
    if kind.is_temporal():
        needs = 'a length of time, as "28d"'
    raise ValueError(f"a window of {length!r} needs {needs}")
