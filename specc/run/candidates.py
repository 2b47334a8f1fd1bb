"""What retrieval losses rank: the ids of candidates, how often each is trained on, and their columns by id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import polars as pl

from specc.ir import program as ir
from specc.ir.program import Program
from specc.run.encoding import Encoders
from specc.run.row_locator import locating_row
from specc.runtime.features.errors import DataError
from specc.runtime.training.candidate_sets import Candidates
from specc.runtime.training.catalogue import own_counts


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
    for loss, one in program.data.candidates.items():
        with of_loss(loss, one.feature):
            found[loss] = of_program(one, encoders).ids(encoders.features, entities)
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
    for loss, each in program.data.candidates.items():
        one = of_program(each, encoders)
        counts = own_counts(targets[loss], one.size(encoders.features))
        sets[loss] = CandidateSet(ids[loss], one.values(ids[loss], encoders.features, entities), counts)
    return sets


@contextmanager
def of_loss(loss: str, column: str | None) -> Iterator[None]:
    """Says of a mistake in data which loss cannot use them."""
    try:
        yield
    except DataError as error:
        advice = error.help or "are the keys of both tables of one kind?"
        raise DataError(f"{error.message} (loss `{loss}`)", column=column, help=advice, kind=error.kind) from error


def of_program(one: ir.Candidates, encoders: Encoders) -> Candidates:
    """Candidates as the run time takes them: by the names of features."""
    names = [encoders.names[feature.name] for feature in one.columns]
    return Candidates(encoders.names[one.feature], one.first, one.entity, names)


def catalogue(program: Program, encoders: Encoders, entities: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """The columns of entities that towers of candidates read, by candidate id (size, ...)."""
    columns = {}
    for each in program.data.candidates.values():
        one = of_program(each, encoders)
        if one.entity is None or not one.columns:
            continue
        with locating_row(entities[one.entity], lambda rows, names=one.columns: encoders.features.encode(rows, names)):  # type: ignore[misc]
            found = one.catalogue(encoders.features, entities)
        columns.update({feature.name: found[encoders.names[feature.name]] for feature in each.columns})
    return columns
