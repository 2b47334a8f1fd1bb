"""What retrieval losses rank: the ids of candidates, how often each is trained on, and their columns by id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from specc.ir.program import Candidates, Program
from specc.run.encoding import Encoders
from specc.runtime.features.errors import DataError
from specc.runtime.training.catalogue import by_id, ids_of_rows, own_counts


@dataclass(frozen=True, eq=False)
class CandidateSet:
    """The candidates of a retrieval loss.

    ids: int64 (n,), rising. values: what each is in the data (n,). counts: how often each id is a training row's own, (size,).
    """

    ids: Any
    values: pl.Series
    counts: Any


def ids_of_candidates(program: Program, encoders: Encoders, entities: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """The ids of the candidates of every retrieval loss, int64 (n,), rising. Raises DataError for a loss without any."""
    found = {}
    for loss, candidates in program.data.candidates.items():
        if candidates.entity is None:
            ids = np.arange(candidates.first, size_of(candidates, encoders))
        else:
            with of_loss(loss, candidates.feature):
                ids = ids_of_rows(entity_ids(candidates, encoders, entities), candidates.first)
        found[loss] = ids.astype("int64")
    return found


def candidate_sets(
    program: Program,
    encoders: Encoders,
    entities: Mapping[str, pl.DataFrame],
    ids: Mapping[str, Any],
    targets: Mapping[str, Any],
) -> dict[str, CandidateSet]:
    """The candidates of every retrieval loss. targets: of training rows, by loss (-1 for a row that does not count)."""
    sets = {}
    for loss, candidates in program.data.candidates.items():
        counts = own_counts(targets[loss], size_of(candidates, encoders))
        sets[loss] = CandidateSet(ids[loss], values_of(ids[loss], candidates, encoders, entities), counts)
    return sets


@contextmanager
def of_loss(loss: str, column: str | None) -> Iterator[None]:
    """Says of a mistake in data which loss cannot use them."""
    try:
        yield
    except DataError as error:
        advice = error.help or "are the keys of both tables of one kind?"
        raise DataError(f"{error.message} (loss `{loss}`)", column=column, help=advice, kind=error.kind) from error


def size_of(candidates: Candidates, encoders: Encoders) -> int:
    """How many ids the vocabulary of the candidates has."""
    return encoders.features.sizes[encoders.features.vocabulary(encoders.names[candidates.feature])]


def entity_ids(candidates: Candidates, encoders: Encoders, entities: Mapping[str, pl.DataFrame]) -> Any:
    """The id of each row of the candidates' entity (rows,)."""
    assert candidates.entity is not None
    (ids,) = encoders.encode(entities[candidates.entity], [candidates.feature]).values()
    return ids


def values_of(ids: Any, candidates: Candidates, encoders: Encoders, entities: Mapping[str, pl.DataFrame]) -> pl.Series:
    """What ids stand for, as their encoder says; of one that cannot, a key of the entity with that id, else the id."""
    values: pl.Series | None = encoders.features.chain(encoders.names[candidates.feature])[-1].decode(ids.tolist())
    if values is not None:
        return values
    if candidates.entity is None:
        return pl.Series(ids)
    keys = entities[candidates.entity][candidates.feature]
    place = np.zeros(size_of(candidates, encoders), np.int64)
    own = entity_ids(candidates, encoders, entities)
    place[own] = np.arange(len(own))
    return keys.gather(place[ids])


def catalogue(program: Program, encoders: Encoders, entities: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """The columns of entities that towers of candidates read, by candidate id (size, ...)."""
    columns = {}
    for candidates in program.data.candidates.values():
        if candidates.entity is None or not candidates.columns:
            continue
        ids = entity_ids(candidates, encoders, entities)
        for feature in candidates.columns:
            (values,) = encoders.encode(entities[candidates.entity], [feature.name]).values()
            columns[feature.name] = by_id(values, ids, size_of(candidates, encoders))
    return columns
