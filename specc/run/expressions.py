"""Row expressions as polars expressions."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import polars as pl

from specc.backends.targets import find
from specc.diagnostics import InternalError
from specc.ir.base import Expression
from specc.ir.program import ObjectConfig
from specc.runtime.features.errors import DataError
from specc.runtime.features.times import iso_time, to_time

COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
LOGIC = {"&": operator.and_, "|": operator.or_}


def polars_expression(tree: Expression, types: Mapping[str, Any]) -> pl.Expr:
    """The polars expression of a tree over columns of these types.

    A comparison with null is null, in `&` and `|` null is "not known" (Kleene); text that is compared with a time is read as
    one. Raises DataError for text that is not a time.
    """
    if tree.column is not None:
        return pl.col(tree.column)
    if tree.op is None:
        return pl.lit(tree.value)
    if tree.left is None or tree.right is None:
        raise InternalError(f"`{tree.op}` needs two sides")
    left, right = polars_expression(tree.left, types), polars_expression(tree.right, types)
    if tree.op in LOGIC:
        return _apply(LOGIC, tree.op, left, right)
    if tree.op in ARITHMETIC:
        return _apply(ARITHMETIC, tree.op, _number(left, types), _number(right, types))
    if _is_time(tree.left, types):
        right = _as_time(tree.right, right, types)
    elif _is_time(tree.right, types):
        left = _as_time(tree.left, left, types)
    return _apply(COMPARE, tree.op, left, right)


def _apply(operators: Mapping[str, Any], op: str, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    if op not in operators:
        raise InternalError(f"no operator `{op}`")
    result: pl.Expr = operators[op](left, right)
    return result


def _number(side: pl.Expr, types: Mapping[str, Any]) -> pl.Expr:
    """Truth values as 0 and 1, which polars does not calculate with."""
    is_bool = pl.DataFrame(schema=dict(types)).select(side.alias("side")).dtypes == [pl.Boolean]
    return side.cast(pl.Int64) if is_bool else side


def _is_time(tree: Expression, types: Mapping[str, Any]) -> bool:
    return tree.column is not None and types[tree.column].is_temporal()


def _as_time(tree: Expression, side: pl.Expr, types: Mapping[str, Any]) -> pl.Expr:
    if isinstance(tree.value, str):
        value = iso_time(pl.Series("value", [tree.value]))[0]
        if value is None:
            raise DataError(
                f"`{tree.value}` is not a time", help='write a date as "2024-05-01", with a time as "2024-05-01 12:30"'
            )
        return pl.lit(value, dtype=pl.Datetime("us"))
    if tree.column is not None and types[tree.column] == pl.String:
        return side.map_batches(to_time, return_dtype=pl.Datetime("us"))
    return side


def arguments_of(function: ObjectConfig, types: Mapping[str, Any]) -> dict[str, Any]:
    """What a function is given besides a frame of these types. Raises DataError."""
    return {
        key: polars_expression(value, types) if isinstance(value, Expression) else value
        for key, value in function.config.items()
    }


def applied(function: ObjectConfig, frame: pl.DataFrame) -> Any:
    """What a function makes of a frame: a column, or a frame. Raises DataError."""
    return find(function.target)(frame, **arguments_of(function, frame.schema))
