"""Objectives and metrics of a Program, as the run time takes them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import polars as pl

from specc.backends.targets import find
from specc.ir.base import Expression
from specc.ir.program import Program
from specc.run.encoding import SEEN, Encoders
from specc.run.expressions import polars_expression
from specc.run.row_locator import locating_row
from specc.runtime.training.counting import label_values, row_weights
from specc.runtime.training.measures import Measure
from specc.runtime.training.objectives import Objective


def objectives(
    program: Program, encoders: Encoders, types: Mapping[str, Any], candidates: Mapping[str, Any]
) -> dict[str, Objective]:
    """The objective of each loss, over rows with columns of these types. candidates: their ids, by retrieval loss."""
    found = {}
    for one in program.losses:
        where = _optional(one.where, types)
        if one.candidates is None:
            label = _optional(one.label, types)
            found[one.name] = Objective(label, where, _optional(one.row_weight, types))
        else:
            ranked = program.data.candidates[one.name]
            found[one.name] = Objective(
                where=_present(one.candidates, where),
                row_weight=_optional(one.row_weight, types),
                candidate=encoders.names[one.candidates],
                first=ranked.first,
                candidates=None if ranked.entity is None else candidates[one.name],
            )
    return found


def measures(program: Program, encoders: Encoders, types: Mapping[str, Any]) -> dict[str, Measure]:
    """The metrics, over rows with columns of these types."""
    found = {}
    for one in program.metrics:
        where = _optional(one.where, types)
        found[one.name] = Measure(
            output=one.output,
            function=partial(find(one.target), **one.config) if one.config else find(one.target),
            label=_optional(one.label, types) if one.candidates is None else None,
            where=where if one.candidates is None else _present(one.candidates, where),
            row_weight=_optional(one.row_weight, types),
            by=one.by,
            k=one.k,
            candidates=None if one.candidates is None else encoders.names[one.candidates],
            seen=None if one.seen_by is None or one.candidates is None else one.candidates + SEEN,
            better=one.better,
        )
    return found


def check_rows(program: Program, encoders: Encoders, frame: pl.DataFrame) -> None:
    """Raises DataError, before any training, for labels and weights of rows that metrics cannot take."""
    for measure in measures(program, encoders, frame.schema).values():
        with locating_row(frame, lambda rows, measure=measure: _check(measure, rows)):  # type: ignore[misc]
            _check(measure, frame)


def _check(measure: Measure, frame: pl.DataFrame) -> None:
    row_weights(frame, measure.label, measure.where, measure.row_weight)
    if measure.label is not None:
        label_values(frame, measure.label)


def _optional(tree: Expression | None, types: Mapping[str, Any]) -> pl.Expr | None:
    return None if tree is None else polars_expression(tree, types)


def _present(candidate: str, where: pl.Expr | None) -> pl.Expr:
    """A row without a candidate of its own has nothing to find."""
    there = pl.col(candidate).is_not_null()
    return there if where is None else there & where
