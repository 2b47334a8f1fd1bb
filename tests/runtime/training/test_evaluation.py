"""Metrics over all rows that count, against numbers worked out by hand."""

from typing import Any

import keras
import numpy as np
import polars as pl
import pytest

from specc.runtime.features.ragged import Ragged
from specc.runtime.metrics.pointwise import auc, mae
from specc.runtime.metrics.ranking import mrr, recall
from specc.runtime.training.evaluation import evaluate
from specc.runtime.training.gates import gate_weights
from specc.runtime.training.measures import Measure
from specc.runtime.training.popularity import popularity
from specc.runtime.training.ranking import Ranked


@pytest.fixture(scope="module")
def same() -> Any:
    """A model that gives its input as the prediction `p`."""
    x = keras.Input((1,), name="x")
    return keras.Model({"x": x}, {"p": keras.layers.Identity()(x)})


@pytest.fixture(scope="module")
def finder() -> tuple[Any, Any]:
    """A query model and candidates in two dimensions: candidate i of 1, 2, 3 scores query[0] * i + query[1] * (i == 2)."""
    q = keras.Input((2,), name="q")
    ids = keras.Input((), dtype="int32", name="id")
    table = np.array([[i, i == 2] for i in range(4)], "float32")
    vectors = keras.layers.Embedding(4, 2, embeddings_initializer=keras.initializers.Constant(table))(ids)
    return keras.Model({"q": q}, {"next": keras.layers.Identity()(q)}), keras.Model(ids, vectors)


def test_rows_count_where_the_label_is_there_and_the_condition_holds(same: Any) -> None:
    frame = pl.DataFrame({"y": [1.0, 2.0, None, 4.0], "use": [True, True, True, False], "w": [1.0, 3.0, 1.0, 1.0]})
    inputs = {"x": np.array([2.0, 4.0, 9.0, 9.0], "float32"), "more": np.zeros(4)}
    measures = {
        "p.mae": Measure("p", mae, pl.col("y"), where=pl.col("use")),
        "p.weighted": Measure("p", mae, pl.col("y"), where=pl.col("use"), row_weight=pl.col("w")),
        "p.none": Measure("p", mae, pl.col("y"), where=pl.col("y") > 100),
    }
    found = evaluate(same, frame, inputs, measures)
    assert found["p.mae"] == pytest.approx((1 + 2) / 2)
    assert found["p.weighted"] == pytest.approx((1 + 3 * 2) / 4)
    assert np.isnan(found["p.none"])


def test_groups_weigh_by_their_rows_and_those_without_both_classes_are_left_out(same: Any) -> None:
    frame = pl.DataFrame(
        {
            "y": [True, False, True, False, False, True, True, True],
            "user": ["a", "a", "b", "b", "b", "c", "c", None],
        }
    )
    # a: one pair, right (1.0). b: two pairs, one right (0.5). c: one class. null: nobody.
    inputs = {"x": np.array([0.9, 0.1, 0.5, 0.6, 0.4, 0.3, 0.2, 0.1], "float32")}
    found = evaluate(same, frame, inputs, {"p.auc": Measure("p", auc, pl.col("y"), by="user")})
    assert found["p.auc"] == pytest.approx((2 * 1.0 + 3 * 0.5) / 5)


def test_recall_over_the_catalogue_misses_what_is_out_of_vocabulary(finder: tuple[Any, Any]) -> None:
    model, candidates = finder
    ranked = {"next": Ranked(np.array([1, 2, 3]), np.array([0, 5, 1, 1]), candidates)}
    frame = pl.DataFrame({"use": [True, True, True, True, False]})
    inputs = {
        "q": np.array([[1, 0], [-1, 0], [1, 9], [1, 0], [1, 0]], "float32"),  # best: 3, 1, 2, 3, 3
        "item": np.array([3, 3, 2, 0, 1], "int32"),
    }
    measures = {
        "next.recall@1": Measure("next", recall, k=1, candidates="item"),
        "next.mrr@3": Measure("next", mrr, k=3, candidates="item", where=pl.col("use")),
    }
    found = evaluate(model, frame, inputs, measures, ranked)
    assert found["next.recall@1"] == pytest.approx(2 / 5)
    assert found["next.mrr@3"] == pytest.approx((1 + 1 / 3 + 1 + 0) / 4)


def test_what_was_seen_is_not_ranked_but_for_the_rows_own(finder: tuple[Any, Any]) -> None:
    model, candidates = finder
    ranked = {"next": Ranked(np.array([1, 2, 3]), np.array([0, 5, 1, 1]), candidates)}
    frame = pl.DataFrame({"row": [0, 1, 2]})
    inputs = {
        "q": np.array([[1, 0], [1, 0], [1, 0]], "float32"),  # ranked 3, 2, 1
        "item": np.array([2, 2, 3], "int32"),
        "had": Ragged(np.array([3, 1, 3], "int32"), np.array([0, 1, 2, 3])),
    }
    keep = Measure("next", recall, k=1, candidates="item")
    remove = Measure("next", recall, k=1, candidates="item", seen="had")
    found = evaluate(model, frame, inputs, {"keep": keep, "remove": remove}, ranked)
    assert found["keep"] == pytest.approx(1 / 3)
    assert found["remove"] == pytest.approx(2 / 3)


def test_popularity_ranks_by_counts_and_shares_a_place_among_equals(finder: tuple[Any, Any]) -> None:
    ranked = {"next": Ranked(np.array([1, 2, 3]), np.array([9, 5, 1, 1]), finder[1])}
    frame = pl.DataFrame({"row": [0, 1, 2, 3]})
    inputs = {"item": np.array([1, 2, 3, 0], "int32")}
    measures = {
        "next.recall@1": Measure("next", recall, k=1, candidates="item"),
        "next.recall@2": Measure("next", recall, k=2, candidates="item"),
        "p.mae": Measure("p", mae, pl.col("row")),
    }
    found = popularity(frame, inputs, measures, ranked)
    assert found == {"next.recall@1": pytest.approx(1 / 4), "next.recall@2": pytest.approx((1 + 0.5 + 0.5) / 4)}


def test_gates_report_the_mean_weight_of_each_expert() -> None:
    x = keras.Input((2,), name="x")
    gates = keras.Model({"x": x}, {"mix.level_1.gate_income": keras.layers.Identity()(x)})
    rows = np.array([[0.25, 0.75], [0.75, 0.25], [0.2, 0.8]], "float32")
    found = gate_weights(gates, {"x": rows})
    assert list(found) == ["mix.level_1.gate_income.weight_0", "mix.level_1.gate_income.weight_1"]
    assert list(found.values()) == pytest.approx([0.4, 0.6])


def test_predictions_that_are_not_finite_are_an_error(same: Any) -> None:
    with pytest.raises(FloatingPointError, match="predictions of p"):
        evaluate(same, pl.DataFrame({"y": [1.0]}), {"x": np.array([np.nan], "float32")}, {})


def test_a_measure_has_a_label_or_candidates() -> None:
    with pytest.raises(ValueError, match="a label, or candidates and k"):
        Measure("p", mae)
    with pytest.raises(ValueError, match="a label, or candidates and k"):
        Measure("p", recall, candidates="item")
