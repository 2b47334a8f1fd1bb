"""Small tables in the shape of the example specs."""

import gzip
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl


def words(rng: np.random.Generator, prefix: str, kinds: int, rows: int) -> list[str]:
    """Text values of a category."""
    return [f"{prefix}{code}" for code in rng.integers(kinds, size=rows)]


def bags(rng: np.random.Generator, prefix: str, kinds: int, rows: int) -> list[list[str]]:
    """Up to four values a row, at times none."""
    return [words(rng, prefix, kinds, size) for size in rng.integers(5, size=rows)]


def census(rows: int = 200) -> pl.DataFrame:
    """Rows for `ple_merlin`: two labels that depend on age and weeks worked."""
    rng = np.random.default_rng(1)
    age, weeks = rng.integers(16, 80, rows), rng.integers(0, 53, rows)
    return pl.DataFrame(
        {
            "age": age,
            "education": words(rng, "e", 6, rows),
            "class_worker": words(rng, "w", 3, rows),
            "wage_per_hour": rng.exponential(20, rows),
            "capital_gains": rng.exponential(100, rows),
            "weeks_worked": weeks,
            "income_50k": np.where(weeks + rng.normal(0, 5, rows) > 30, "50000+.", "- 50000."),
            "marital_stat": np.where(age + rng.normal(0, 5, rows) < 35, "Never married", "Married"),
        }
    )


def ratings(rows: int = 400, users: int = 20, movies: int = 30) -> pl.DataFrame:
    """Ratings with their time; the lower a movie's id, the more ratings it has."""
    rng = np.random.default_rng(2)
    return pl.DataFrame(
        {
            "user_id": rng.integers(users, size=rows) + 100,
            "movie_id": np.minimum(rng.geometric(0.1, rows), movies) + 1000,
            "rating": rng.integers(1, 11, rows) / 2,
            "timestamp": [datetime(2024, 1, 1) + timedelta(minutes=int(m)) for m in rng.permutation(rows)],
        }
    )


def movies(count: int = 30) -> pl.DataFrame:
    """A movie for each id that `ratings` may hold."""
    rng = np.random.default_rng(3)
    ids = np.arange(count) + 1001
    return pl.DataFrame(
        {
            "movie_id": ids,
            "title": [f"Movie {i} ({1980 + i % 40})" for i in ids],
            "genres": ["|".join(sorted({f"g{g}" for g in rng.integers(5, size=2)})) for _ in ids],
            "year": rng.integers(1980, 2020, count).astype("float64"),
        }
    )


def taobao(rows: int = 200) -> pl.DataFrame:
    """Rows for `esmm` and `stem`: events with three fields of one length, and labels."""
    rng = np.random.default_rng(4)
    lengths = rng.integers(0, 6, rows)
    click = rng.random(rows) < 0.5
    return pl.DataFrame(
        {
            "user_id": words(rng, "u", 20, rows),
            "age_level": rng.integers(8, size=rows),
            "gender": [["F", "M", "?"][g] for g in rng.integers(3, size=rows)],
            "item_id": words(rng, "i", 15, rows),
            "category": words(rng, "c", 4, rows),
            "brand": words(rng, "b", 6, rows),
            "price": rng.exponential(10, rows),
            "scene": rng.integers(3, size=rows),
            "hour": rng.integers(24, size=rows),
            "ts": [datetime(2024, 1, 1) + timedelta(minutes=i) for i in range(rows)],
            "hist_item": [words(rng, "i", 15, n) for n in lengths],
            "hist_cat": [words(rng, "c", 4, n) for n in lengths],
            "hist_ago": [rng.exponential(5, n).tolist() for n in lengths],
            "click": click,
            "cart": rng.random(rows) < 0.3,
            "buy": click & (rng.random(rows) < 0.4),
        },
        schema_overrides={
            "hist_item": pl.List(pl.String),
            "hist_cat": pl.List(pl.String),
            "hist_ago": pl.List(pl.Float64),
        },
    )


def apps(rows: int = 200) -> pl.DataFrame:
    """Rows for `wide_deep`: a bag that is crossed, numbers, and a label."""
    rng = np.random.default_rng(5)
    return pl.DataFrame(
        {
            "installed": bags(rng, "a", 6, rows),
            "impression": words(rng, "a", 6, rows),
            "country": words(rng, "c", 3, rows),
            "device": words(rng, "d", 3, rows),
            "age": rng.uniform(16, 80, rows),
            "app_age": rng.exponential(10, rows),
            "acquired": rng.random(rows) < 0.3,
        },
        schema_overrides={"installed": pl.List(pl.String)},
    )


def write_criteo(folder: Path, rows: int = 60) -> None:
    """Three days of 40 columns, tab-separated, without a header, gzipped, with missing values."""
    rng = np.random.default_rng(6)
    for day in (21, 22, 23):
        lines = []
        for _ in range(rows):
            numbers = ["" if rng.random() < 0.2 else str(n) for n in rng.integers(0, 100, 13)]
            lines.append("\t".join([str(rng.integers(2)), *numbers, *words(rng, "x", 9, 26)]))
        (folder / f"day_{day}.gz").write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))


def write_events(folder: Path, rows: int = 300) -> None:
    """A day a folder, as Hive writes them: `events/dt=2024-04-01/part-0.parquet`."""
    rng = np.random.default_rng(7)
    for day in ("2024-04-01", "2024-04-15", "2024-04-29", "2024-04-30"):
        start = datetime.fromisoformat(day)
        frame = pl.DataFrame(
            {
                "user_id": rng.integers(10, size=rows),
                "item_id": rng.integers(6, size=rows),
                "ts": [start + timedelta(seconds=int(s)) for s in np.sort(rng.integers(86_400, size=rows))],
                "buy": rng.random(rows) < 0.4,
            }
        )
        place = folder / "events" / f"dt={day}"
        place.mkdir(parents=True)
        frame.write_parquet(place / "part-0.parquet")


def write_movielens(folder: Path) -> None:
    """MovieLens' own two files: other names of columns, unix time, genres as text."""
    renamed = {"user_id": "userId", "movie_id": "movieId"}
    unix = pl.col("timestamp").dt.epoch("s")
    ratings().with_columns(unix).rename(renamed).write_csv(folder / "ratings.csv")
    movies().drop("year").rename({"movie_id": "movieId"}).write_csv(folder / "movies.csv")


def row(frame: pl.DataFrame, place: int) -> dict[str, Any]:
    """A row as a dict."""
    return frame.row(place, named=True)
