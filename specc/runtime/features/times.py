"""Points in time and lengths of time, as data and specs write them."""

import re
from datetime import timedelta
from typing import Any

import polars as pl


def to_time(values: pl.Series) -> pl.Series:
    """Datetime in microseconds, UTC and without a zone; null where a value is not a time.

    Takes whole numbers (unix time), ISO 8601 dates and datetimes as text, dates, and datetimes of any unit and zone.
    """
    if isinstance(values.dtype, pl.Datetime):
        if values.dtype.time_zone is not None:
            values = values.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return values.cast(pl.Datetime("us"))
    if values.dtype == pl.Date:
        return values.cast(pl.Datetime("us"))
    if values.dtype.is_numeric():
        whole = values.cast(pl.Int64, strict=False)
        return unix_time(whole.set(whole != values, None))
    if values.dtype == pl.String:
        unix = unix_time(values.cast(pl.Int64, strict=False))
        return unix.zip_with(unix.is_not_null(), iso_time(values))
    return pl.Series(values.name, [None] * len(values), dtype=pl.Datetime("us"))


def like_dates(values: pl.Series) -> pl.Series:
    """Which numbers look like 20240501, where all of 8 digits do: as unix times they would be days of 1970."""
    numbers = values.cast(pl.Int64, strict=False)
    long = numbers.is_between(10**7, 10**8 - 1).fill_null(False)
    dates = long & (numbers // 10_000).is_between(1900, 2100) & (numbers // 100 % 100).is_between(1, 12)
    dates = dates & (numbers % 100).is_between(1, 31)
    return dates if dates.sum() == long.sum() else dates & False


def of_another_kind(values: pl.Series) -> pl.Series:
    """Which texts are numbers where the first one is none, or the other way round."""
    numbers = values.cast(pl.Int64, strict=False).is_not_null()
    there = values.is_not_null() & (values != "")
    first = numbers[there.arg_max() or 0] if len(values) else False
    return there & (numbers != first)


def largest_unix(values: pl.Series) -> int:
    """The size of the largest unix time among numbers, or texts of numbers; 0 where there is none."""
    if not (values.dtype.is_numeric() or values.dtype == pl.String):
        return 0
    numbers = values.cast(pl.Int64, strict=False)
    least: Any = numbers.min() or 0
    most: Any = numbers.max() or 0
    size: int = max(-least, most)  # in Python, for the size of -2^63 has no Int64
    return size


def unix_unit(largest: int) -> int:
    """The nanoseconds of the unit that the largest unix time tells: seconds to the year 5138, then milli-, micro-,
    nanoseconds.
    """
    return next((unit for limit, unit in ((10**11, 10**9), (10**14, 10**6), (10**17, 10**3)) if largest < limit), 1)


def unix_time(values: pl.Series) -> pl.Series:
    """Unix time (Int64) as Datetime, in the unit that the largest value tells."""
    unit = unix_unit(largest_unix(values))
    return (values * (unit // 1_000) if unit > 1 else values // 1_000).cast(pl.Datetime("us"))


def in_unit(times: pl.Series, taken: int, unit: int) -> pl.Series:
    """Times that were read as unix times of the unit `taken`, as those of a smaller one, both in nanoseconds."""
    numbers = times.cast(pl.Int64) // (taken // 1_000)
    return (numbers * (unit // 1_000) if unit > 1 else numbers // 1_000).cast(pl.Datetime("us"))


def iso_time(values: pl.Series) -> pl.Series:
    """ISO 8601 text as Datetime (UTC where no offset is given); null where it is none."""
    text = pl.col(values.name).str.replace("T", " ", literal=True).str.replace("Z$", "+00:00")
    minutes, seconds = "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S%.f"
    local = [text.str.to_datetime(form, time_unit="us", strict=False) for form in ("%Y-%m-%d", minutes, seconds)]
    zoned = [text.str.to_datetime(f"{form}%#z", time_unit="us", strict=False) for form in (minutes, seconds)]  # +02:00, +02
    times = pl.coalesce(*local, *(each.dt.replace_time_zone(None) for each in zoned))
    return values.to_frame().select(times.alias(values.name)).to_series()


def duration(text: str) -> timedelta:
    """`"28d"`, `"1h"`, `"90s"`: a whole number of weeks, days, hours, minutes (m) or seconds.
    Raises ValueError for anything else.
    """
    units = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
    match = re.fullmatch(r"(\d{1,9})([wdhms])", text)
    if match is None:
        raise ValueError(f'no length of time: {text!r}; write a number and one of w d h m s, as "28d"')
    return timedelta(**{units[match[2]]: int(match[1])})
