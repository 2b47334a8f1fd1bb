"""Row expressions: what they are in each row."""

from datetime import datetime
from typing import Any

import polars as pl
import pytest

from specc.ir.base import Expression
from specc.run.expressions import polars_expression
from specc.runtime.features.errors import DataError

FRAME = pl.DataFrame(
    {
        "stars": [5, 3, None],
        "price": [0.5, 2.0, 4.0],
        "click": [True, False, None],
        "buy": [None, True, False],
        "plan": ["pro", None, "free"],
        "ts": [datetime(2024, 5, 1), datetime(2024, 4, 30, 23, 59), None],
        "day": ["2024-05-01", "2024-04-30", "2024-06-01T10:00:00Z"],
    }
)


def tree(left: Any, op: str, right: Any) -> Expression:
    """`left op right`, where a str is a column, a tuple of one a plain value."""

    def side(value: Any) -> Expression:
        if isinstance(value, Expression):
            return value
        return Expression(value=value[0]) if isinstance(value, tuple) else Expression(column=value)

    return Expression(op=op, left=side(left), right=side(right))


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        (tree("stars", ">=", (4,)), [True, False, None]),
        (tree("stars", "!=", (3,)), [True, False, None]),
        (tree("plan", "==", ("pro",)), [True, None, False]),
        (tree("click", "&", "buy"), [None, False, False]),
        (tree("click", "|", "buy"), [True, True, None]),
        (tree((1,), "/", "price"), [2.0, 0.5, 0.25]),
        (tree("stars", "/", (2,)), [2.5, 1.5, None]),
        (tree("click", "*", (2,)), [2, 0, None]),
        (tree("click", "-", "buy"), [None, -1, None]),
        (tree(tree("stars", ">", (3,)), "+", (1,)), [2, 1, None]),
        (tree("ts", ">=", ("2024-05-01",)), [True, False, None]),
        (tree(("2024-04-30 23:59",), "==", "ts"), [False, True, None]),
        (tree("ts", ">", "day"), [False, True, None]),
        (Expression(column="plan"), ["pro", None, "free"]),
    ],
)
def test_values(expression: Expression, values: list[Any]) -> None:
    assert FRAME.select(polars_expression(expression, FRAME.schema).alias("x"))["x"].to_list() == values


def test_text_that_is_no_time() -> None:
    with pytest.raises(DataError, match="`yesterday` is not a time"):
        polars_expression(tree("ts", ">", ("yesterday",)), FRAME.schema)
