"""The data of TwoTower: what is read, what is made of it, and how it is encoded.

Generated from two_tower.rec: see model.py.
"""

from __future__ import annotations

from functools import partial

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
from support.features.split import leave_last
from support.features.vocabulary import Vocabulary
from support.training.candidate_sets import Candidates

RATINGS = Table(
    "ratings",
    columns={"user_id": IntColumn(), "movie_id": IntColumn(), "timestamp": TimeColumn()},
    read=read_parquet,
    given=movielens_ratings,
    derived={"watched": partial(history, of="movie_id", by="user_id", order="timestamp", last=50)},
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
    split=partial(leave_last, by="user_id", order="timestamp", valid=1, test=1),
    training_only=["genres", "year"],
)
OTHER_FEATURES = ["genres", "year"]  # of candidates or vocabularies alone: rows are not encoded to them
CANDIDATES = {"watch": Candidates("movie_id", entity="movies", columns=["genres", "year"])}


def make_features() -> Features:
    """The columns that the model reads, each with its encoders; `fit` on training rows learns what they need."""
    return Features(
        [
            Feature("movie_id", [Vocabulary()]),
            Feature("watched", shape="sequence", length=50, same="movie_id", counted=False),
            Feature("genres", [Vocabulary()], shape="bag"),
            Feature("year", [Standardize()]),
        ]
    )
