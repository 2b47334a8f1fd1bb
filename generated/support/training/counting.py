"""Which rows count, and how much: the rules that losses and metrics share."""

from typing import Any

import numpy as np
import polars as pl

from ..features.checks import not_finite
from ..features.errors import DataError


def row_values(frame: pl.DataFrame, expression: pl.Expr) -> pl.Series:
    """The value of an expression in each row, also where it reads no column."""
    return frame.with_columns(__value__=expression)["__value__"]


def column_of(expression: pl.Expr) -> str | None:
    """The column that an expression reads, where it reads a single one: what a mistake is reported on."""
    names = set(expression.meta.root_names())
    return names.pop() if len(names) == 1 else None


def label_values(frame: pl.DataFrame, label: pl.Expr) -> Any:
    """Labels as float64 (rows,), NaN where there is none. Raises DataError for one that is not a number of 32 bits."""
    values = row_values(frame, label).cast(pl.Float64)
    wrong = not_finite(values)
    if wrong.any():
        raise DataError(
            f"a label is `{values.filter(wrong)[0]}`, which cannot be learned", column=column_of(label), kind="weight"
        )
    return values.fill_null(float("nan")).to_numpy()


def row_weights(
    frame: pl.DataFrame, label: pl.Expr | None = None, where: pl.Expr | None = None, row_weight: pl.Expr | None = None
) -> Any:
    """How much each row counts, float64 (rows,): `row_weight`, else 1, where the label is there and `where` holds; 0 elsewhere.

    A null `where` does not hold. Raises DataError for a weight of a counting row that is null, negative or infinite in 32 bits.
    """
    counts = np.ones(frame.height, bool)
    if label is not None:
        counts &= row_values(frame, label).is_not_null().to_numpy()
    if where is not None:
        counts &= row_values(frame, where).fill_null(False).to_numpy()
    if row_weight is None:
        return counts.astype("float64")
    weights = row_values(frame, row_weight).cast(pl.Float64)
    wrong = pl.Series(counts) & ((weights < 0) | weights.is_null() | not_finite(weights))
    if wrong.any():
        value = weights.filter(wrong)[0]
        shown = "is missing" if value is None else f"is `{value}`"
        more = f" (the first of {int(wrong.sum()):,} such rows)" if wrong.sum() > 1 else ""
        advice = "a weight is a number of at least 0 that 32 bits hold; leave rows out with `where=`"
        raise DataError(f"a row's weight {shown}{more}", column=column_of(row_weight), help=advice, kind="weight")
    return np.where(counts, weights.fill_null(0.0).to_numpy(), 0.0)
