"""Candidates by their ids: how often each is learned from, and what an entity's table says of it."""

from typing import Any

import numpy as np

from ..features.errors import DataError
from ..features.ragged import Ragged


def own_counts(labels: Any, size: int) -> Any:
    """How often each id (size,) is a row's own; labels (rows,), -1 for a row that does not count."""
    return np.bincount(labels[labels >= 0], minlength=size)


def ids_of_rows(ids: Any, first: int) -> Any:
    """The candidates among the ids of an entity's rows: each once, in order, without those below `first`, out of vocabulary.

    Raises DataError where none is left.
    """
    found = np.unique(ids[ids >= first])
    if not len(found):
        raise DataError("no candidate is both in the vocabulary and in the entity's rows", kind="candidates")
    return found


def by_id(values: Any, ids: Any, size: int) -> Any:
    """Encoded rows at the places of their ids: (size,) for ids, (size, 1) for numbers, (size, n) for all else.

    An id without a row gets id 0, number 0, or an empty bag or sequence.
    """
    filler: float = 0
    if isinstance(values, Ragged):
        filler = float("nan") if values.values.dtype.kind == "f" else -1
        values = values.padded(slice(None))
    elif values.ndim == 1 and values.dtype.kind == "f":
        values = values[:, None]
    table = np.full((size, *values.shape[1:]), filler, values.dtype)
    table[ids] = values
    return table
