"""The data of MovieLensPLE: what is read, what is made of it, and how it is encoded.

Generated from movielens_ple.rec: see model.py.
"""

from __future__ import annotations

from functools import partial

import polars as pl

from support.features.columns import (
    BagColumn,
    FloatColumn,
    IntColumn,
    StringColumn,
    TimeColumn,
)
from support.features.dataset import Dataset, Table
from support.features.datasets import movielens_movies, movielens_ratings
from support.features.features import Feature, Features
from support.features.history import history
from support.features.numeric import Standardize
from support.features.parquet_files import read_parquet
from support.features.split import random_split
from support.features.vocabulary import Vocabulary

RATINGS = Table(
    "ratings",
    columns={"user_id": IntColumn(), "movie_id": IntColumn(), "timestamp": TimeColumn(), "rating": FloatColumn()},
    read=read_parquet,
    given=movielens_ratings,
    derived={
        "watched": partial(history, of="movie_id", by="user_id", order="timestamp", last=20),
        "liked": pl.col("rating") >= 4,
    },
)
MOVIES = Table(
    "movies",
    columns={"movie_id": IntColumn(), "genres": BagColumn(StringColumn()), "year": FloatColumn()},
    read=read_parquet,
    given=movielens_movies,
    key="movie_id",
)
DATA = Dataset(
    rows=RATINGS,
    entities=[MOVIES],
    joins=["movies"],
    split=partial(random_split, valid=0.1, test=0.1, seed=1),
    training_only=["rating", "liked"],
)


def make_features() -> Features:
    """The columns that the model reads, each with its encoders; `fit` on training rows learns what they need."""
    return Features(
        [
            Feature("user_id", [Vocabulary()]),
            Feature("movie_id", [Vocabulary()]),
            Feature("watched", shape="sequence", length=20, same="movie_id", counted=False),
            Feature("genres", [Vocabulary()], shape="bag"),
            Feature("year", [Standardize()]),
        ]
    )
