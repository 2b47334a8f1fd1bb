"""The encoders of a Program: fitted on training rows, or restored from a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

import polars as pl

from specc.backends.targets import feature_names, instance
from specc.ir.program import Program
from specc.run.row_locator import locating_row
from specc.runtime.features.errors import DataError
from specc.runtime.features.features import Feature, Features

SEEN = ".seen"  # what follows a candidate's name in that of the column of what was seen


class Encoders:
    """Encoded rows by input name, as the model takes them; columns that are no inputs keep their own names.

    names: from columns to the names of features. features: the fitted encoders.
    """

    def __init__(self, program: Program, state: Mapping[str, Any] | None = None) -> None:
        self.names = feature_names(program)
        inputs = [tensor.column for tensor in program.inputs if tensor.column is not None]
        candidates = [one.feature for one in program.data.candidates.values()]
        self.row_columns = list(dict.fromkeys([*inputs, *candidates, *(column + SEEN for column in seen_columns(program))]))
        made = [
            Feature(
                self.names[feature.name],
                [instance(encoder.target, encoder.config) for encoder in feature.chain],
                column=feature.name,
                shape=feature.shape,
                length=feature.length,
                same=None if feature.same is None else self.names[feature.same],
                counted=feature.counted,
            )
            for feature in program.data.features
        ]
        made += [self._seen(made, column) for column in seen_columns(program)]
        self.features = Features(made) if state is None else Features.from_state(made, state)

    def _seen(self, made: list[Feature], column: str) -> Feature:
        candidate = next(feature for feature in made if feature.name == self.names[column])
        self.names[column + SEEN] = column + SEEN
        return Feature(column + SEEN, shape="bag", same=candidate.same or candidate.name, counted=False)

    @property
    def sizes(self) -> dict[str, int]:
        """Ids of each vocabulary, by the column that owns it."""
        sizes = self.features.sizes
        return {column: sizes[name] for column, name in self.names.items() if name in sizes}

    def encode(self, frame: pl.DataFrame, columns: Iterable[str]) -> dict[str, Any]:
        """Arrays by feature name, of these columns. Raises DataError."""
        names = [self.names[column] for column in columns]
        with locating_row(frame, lambda rows: self.features.encode(rows, names)):
            return self.features.encode(frame, names)

    def fit(self, frame: pl.DataFrame) -> None:
        """Learns from training rows. Raises DataError."""
        try:
            self.features.fit(frame)
        except DataError as error:
            alone = deepcopy(self.features)  # what other columns learn may fail with fewer rows
            alone.chains = {name: chain for name, chain in alone.chains.items() if name == error.column}
            with locating_row(frame, lambda rows: deepcopy(alone).fit(rows)):
                raise

    def encode_rows(self, frame: pl.DataFrame) -> dict[str, Any]:
        """All that a model, its losses and metrics read of rows: inputs, candidates, and what was seen, if it is there."""
        return self.encode(frame, [column for column in self.row_columns if column in frame.columns])


def seen_columns(program: Program) -> dict[str, str]:
    """Candidate columns of which a metric removes what was seen, and whose earlier rows say what that is."""
    return {m.candidates: m.seen_by for m in program.metrics if m.candidates is not None and m.seen_by is not None}
