"""The data of MovieLensMMoE: what is read, what is made of it, and how it is encoded.

Generated from mmoe.rec: see model.py.
"""

from __future__ import annotations

from functools import partial

import polars as pl

from support.features.columns import FloatColumn, IntColumn
from support.features.dataset import Dataset, Table
from support.features.datasets import movielens_ratings
from support.features.features import Feature, Features
from support.features.parquet_files import read_parquet
from support.features.split import random_split
from support.features.vocabulary import Vocabulary

RATINGS = Table(
    "ratings",
    columns={"user_id": IntColumn(), "movie_id": IntColumn(), "rating": FloatColumn()},
    read=read_parquet,
    given=movielens_ratings,
    derived={
        "liked": pl.col("rating") >= 4,
        "loved": pl.col("rating") >= 5,
    },
)
DATA = Dataset(
    rows=RATINGS, split=partial(random_split, valid=0.1, test=0.1, seed=1), training_only=["rating", "liked", "loved"]
)


def make_features() -> Features:
    """The columns that the model reads, each with its encoders; `fit` on training rows learns what they need."""
    return Features(
        [
            Feature("user_id", [Vocabulary()]),
            Feature("movie_id", [Vocabulary()]),
        ]
    )
