"""Encoders that learn from rows which are not in memory: the same state as from all rows at once."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import polars as pl

from specc.run.row_cache import CachedRows, with_places
from specc.run.row_locator import locating_row
from specc.runtime.features.encoder import Encoder
from specc.runtime.features.errors import DataError
from specc.runtime.features.features import Feature, Features, flat_values


def fit_chunks(features: Features, rows: CachedRows) -> None:
    """As `Features.fit`, in the memory that each encoder needs. Raises DataError."""
    for owner, encoders in features.chains.items():
        learners = [place for place, encoder in enumerate(encoders) if encoder.learned]
        if not learners:
            continue
        try:
            features.training_values(owner, pl.DataFrame(schema=rows.schema))  # their kinds
            for place in learners:
                encoders[place].fit_chunks(_values(features, owner, encoders[:place], rows))
        except DataError:
            frame = with_places(rows, list(dict.fromkeys(_column(one) for one in features.teachers(owner))))
            with locating_row(frame, lambda some, owner=owner: _raise_unlearnable(deepcopy(features), owner, some)):  # type: ignore[misc]
                _raise_unlearnable(features, owner, frame)
            raise


def _values(features: Features, owner: str, before: list[Encoder], rows: CachedRows) -> Iterator[pl.Series]:
    """The training values in the order of `Features.fit`, one column after the other: sums depend on it in their last bits."""
    for feature in features.teachers(owner):
        for chunk in rows.chunks([_column(feature)]):
            values = features.known(owner, flat_values(feature, chunk).alias(owner))
            for encoder in before:
                values = encoder.encode(values)
            yield values


def _column(feature: Feature) -> str:
    return feature.column or feature.name


def _raise_unlearnable(features: Features, owner: str, rows: pl.DataFrame) -> None:
    """Raises what fitting on all rows would."""
    values = features.known_values(owner, rows)
    for encoder in features.chains[owner]:
        if encoder.learned:
            encoder.fit(values)
        values = encoder.encode(values)
