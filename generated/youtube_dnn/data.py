"""The data of YoutubeDNN: what is read, what is made of it, and how it is encoded.

Generated from youtube_dnn.rec: see model.py.
"""

from __future__ import annotations

from functools import partial

from support.features.columns import IntColumn, TimeColumn
from support.features.dataset import Dataset, Table
from support.features.datasets import movielens_movies, movielens_ratings
from support.features.features import Feature, Features
from support.features.history import history
from support.features.parquet_files import read_parquet
from support.features.split import leave_last
from support.features.vocabulary import Vocabulary
from support.training.candidate_sets import Candidates

RATINGS = Table(
    "ratings",
    columns={"user_id": IntColumn(), "movie_id": IntColumn(), "timestamp": TimeColumn()},
    read=read_parquet,
    given=movielens_ratings,
    derived={
        "watched": partial(history, of="movie_id", by="user_id", order="timestamp", last=50),
        "recent": partial(history, of="movie_id", by="user_id", order="timestamp", last=5),
        "latest": partial(history, of="movie_id", by="user_id", order="timestamp", last=1),
    },
)
MOVIES = Table("movies", columns={"movie_id": IntColumn()}, read=read_parquet, given=movielens_movies, key="movie_id")
DATA = Dataset(rows=RATINGS, entities=[MOVIES], split=partial(leave_last, by="user_id", order="timestamp", valid=1, test=1))
CANDIDATES = {"watch": Candidates("movie_id", entity="movies")}


def make_features() -> Features:
    """The columns that the model reads, each with its encoders; `fit` on training rows learns what they need."""
    return Features(
        [
            Feature("movie_id", [Vocabulary()]),
            Feature("watched", shape="sequence", length=50, same="movie_id", counted=False),
            Feature("recent", shape="sequence", length=5, same="movie_id", counted=False),
            Feature("latest", shape="sequence", length=1, same="movie_id", counted=False),
        ]
    )
