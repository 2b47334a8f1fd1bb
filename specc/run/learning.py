"""Encoders that learn from rows which are not in memory: the same state as from all rows at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from itertools import chain
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from specc.run.located import placed
from specc.run.spooled import Spooled, with_places
from specc.runtime.features.encoder import Encoder
from specc.runtime.features.errors import DataError
from specc.runtime.features.features import Feature, Features, flat_values
from specc.runtime.features.numeric import MinMax, Standardize, as_numbers, model_numbers
from specc.runtime.features.vocabulary import Vocabulary, value_counts


def fit_pieces(features: Features, rows: Spooled) -> None:
    """As `Features.fit`. A vocabulary takes as much memory as its values, `standardize` and `minmax` none; what learns from
    anything else (`quantiles`) takes all its numbers. Raises DataError.
    """
    for owner, encoders in features.chains.items():
        learners = [place for place, encoder in enumerate(encoders) if encoder.learned]
        if not learners:
            continue
        try:
            features.training_values(owner, pl.DataFrame(schema=rows.schema))  # their kinds
            for place in learners:
                _learn(encoders[place], _values(features, owner, encoders[:place], rows))
        except DataError:
            frame = with_places(rows, list(dict.fromkeys(_column(one) for one in features.teachers(owner))))
            with placed(frame, lambda some, owner=owner: _tell(deepcopy(features), owner, some)):  # type: ignore[misc]
                _tell(features, owner, frame)
            raise


def _values(features: Features, owner: str, before: list[Encoder], rows: Spooled) -> Iterator[pl.Series]:
    """The training values in the order of `Features.fit`, one column after the other: sums depend on it in their last bits."""
    for feature in features.teachers(owner):
        for piece in rows.pieces([_column(feature)]):
            values = features.known(owner, flat_values(feature, piece).alias(owner))
            for encoder in before:
                values = encoder.encode(values)
            yield values


def _column(feature: Feature) -> str:
    return feature.column or feature.name


def _learn(encoder: Encoder, pieces: Iterator[pl.Series]) -> None:
    if isinstance(encoder, Vocabulary):
        if encoder.known is None:
            encoder.learn(*_counts(pieces))
    elif isinstance(encoder, Standardize):
        blocks = _blocks(model_numbers(values, as_numbers(values)).to_numpy() for values in pieces)
        first = next(blocks, None)
        if first is None:
            encoder.fit(pl.Series(dtype=pl.Float64))  # raises, and says that there are none
        else:
            encoder.learn(chain([first], blocks))
    elif isinstance(encoder, MinMax):
        encoder.fit(_ends(pieces))
    else:
        encoder.fit(pl.concat(list(pieces)))


def _counts(pieces: Iterator[pl.Series]) -> tuple[pl.DataFrame, str]:
    """Each value and its count, and the name of the values."""
    total, name = pl.DataFrame(), ""
    for values in pieces:
        name = values.name
        total = pl.concat([total, value_counts(values)]) if total.width else value_counts(values)
        total = total.group_by("value").agg(pl.col("count").sum())
    return total, name


def _ends(pieces: Iterator[pl.Series]) -> pl.Series:
    """The smallest and the largest number of each piece that has some."""
    ends = pl.Series(dtype=pl.Float64)
    for values in pieces:
        numbers = as_numbers(values)
        found = pl.Series(values.name, [numbers.min(), numbers.max()], dtype=pl.Float64)
        ends = pl.concat([ends.alias(values.name), found.drop_nulls()])
    return ends


def _blocks(pieces: Iterable[NDArray[Any]]) -> Iterator[NDArray[Any]]:
    """The same numbers in blocks of `Standardize.block`."""
    left, size = np.zeros(0), Standardize.block
    for numbers in pieces:
        left = np.concatenate([left, numbers])
        while len(left) >= size:
            yield left[:size]
            left = left[size:]
    if len(left):
        yield left


def _tell(features: Features, owner: str, rows: pl.DataFrame) -> None:
    """Raises what fitting on all rows would."""
    values = features.known_values(owner, rows)
    for encoder in features.chains[owner]:
        if encoder.learned:
            encoder.fit(values)
        values = encoder.encode(values)
