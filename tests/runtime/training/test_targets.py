"""Which rows a loss learns from, and what."""

import numpy as np
import polars as pl
import pytest

from specc.runtime.features.errors import DataError
from specc.runtime.training.objectives import Objective, targets

FRAME = pl.DataFrame(
    {
        "click": [True, False, None, True],
        "stars": [5.0, None, 1.0, 2.0],
        "propensity": [0.5, 1.0, 0.25, 2.0],
        "shown": [True, True, True, None],
    }
)


def test_a_null_label_and_a_condition_that_does_not_hold_have_weight_0() -> None:
    objectives = {
        "click": Objective(pl.col("click")),
        "stars": Objective(pl.col("stars"), where=pl.col("shown"), row_weight=1 / pl.col("propensity")),
    }
    labels, weights = targets(FRAME, objectives, {})
    assert labels["click"].tolist() == [1, 0, 0, 1]
    assert weights["click"].tolist() == [1, 1, 0, 1]
    assert labels["stars"].tolist() == [5, 0, 1, 0]
    assert weights["stars"].tolist() == [2, 0, 4, 0]
    assert {array.dtype for array in (*labels.values(), *weights.values())} == {np.dtype("float32")}


def test_a_comparison_with_a_missing_value_is_no_label() -> None:
    labels, weights = targets(FRAME, {"liked": Objective(pl.col("stars") >= 2)}, {})
    assert labels["liked"].tolist() == [1, 0, 0, 1]
    assert weights["liked"].tolist() == [1, 0, 1, 1]


def test_a_candidate_is_its_id_and_minus_1_where_it_does_not_count() -> None:
    ids = np.array([3, 0, 1, 7], "int32")
    objective = Objective(where=pl.col("shown"), candidate="item", first=1)
    labels, weights = targets(FRAME, {"next": objective}, {"item": ids})
    assert labels["next"].tolist() == [3, -1, 1, -1]
    assert weights["next"].tolist() == [1, 0, 1, 0]
    assert labels["next"].dtype == np.int32
    everything = targets(FRAME, {"next": Objective(candidate="item", first=0)}, {"item": ids})[0]["next"]
    assert everything.tolist() == [3, 0, 1, 7]


def test_a_constant_weight_is_that_of_each_row() -> None:
    _, weights = targets(FRAME, {"click": Objective(pl.col("click"), row_weight=pl.lit(3))}, {})
    assert weights["click"].tolist() == [3, 3, 0, 3]


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "is missing"), (-1.0, "`-1.0`"), (float("inf"), "`inf`"), (float("nan"), "`nan`")]
)
def test_a_weight_is_a_number_of_at_least_0(value: float | None, shown: str) -> None:
    frame = pl.DataFrame({"y": [1, 1, None], "w": [1.0, value, 1.0]}, schema_overrides={"w": pl.Float64})
    with pytest.raises(DataError, match=shown) as caught:
        targets(frame, {"y": Objective(pl.col("y"), row_weight=pl.col("w"))}, {})
    assert (caught.value.column, caught.value.kind) == ("w", "weight")


def test_the_weight_of_a_row_that_does_not_count_may_be_anything() -> None:
    frame = pl.DataFrame({"y": [1, None, 1], "w": [2.0, -1.0, None], "use": [True, True, False]})
    objective = Objective(pl.col("y"), where=pl.col("use"), row_weight=pl.col("w"))
    assert targets(frame, {"y": objective}, {})[1]["y"].tolist() == [2, 0, 0]


@pytest.mark.parametrize("weight", [None, pl.col("y")])
def test_a_label_or_weight_that_float32_cannot_hold_is_refused(weight: pl.Expr | None) -> None:
    label = pl.col("y") if weight is None else pl.lit(1)
    with pytest.raises(DataError, match=r"1e\+?300") as caught:
        targets(pl.DataFrame({"y": [1.0, 1e300]}), {"y": Objective(label, row_weight=weight)}, {})
    assert (caught.value.column, caught.value.kind) == ("y", "weight")


def test_an_infinite_label_is_refused() -> None:
    with pytest.raises(DataError, match="inf"):
        targets(pl.DataFrame({"a": [1.0, 2.0], "b": [1.0, 0.0]}), {"y": Objective(pl.col("a") / pl.col("b"))}, {})


def test_an_objective_has_a_label_or_a_candidate() -> None:
    with pytest.raises(ValueError, match="label or a candidate"):
        Objective()
    with pytest.raises(ValueError, match="label or a candidate"):
        Objective(pl.col("y"), candidate="item")
