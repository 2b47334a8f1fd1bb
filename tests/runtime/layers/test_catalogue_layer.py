"""Catalogue columns against indexing in NumPy."""

from typing import Any

import keras
import numpy as np
import pytest

from specc.runtime.layers.catalogue import CatalogueColumn

COLUMNS = {
    "category": np.array([0, 3, 1, 2]),
    "number": np.array([0.5, -1.0, 2.0, 1e-3]),
    "vector": np.random.default_rng(0).normal(size=(4, 3)).astype("float32"),
    "bag": np.array([[1, -1], [2, 3], [-1, -1], [0, -1]], "int64"),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_looks_up_in_the_dtype_of_the_values_and_is_not_trained(kind: str, saved_and_loaded: Any) -> None:
    values = COLUMNS[kind]
    ids = keras.Input((2,), dtype="int32")
    model = keras.Model(ids, CatalogueColumn(values, name="column")(ids))
    query = np.array([[3, 1], [-1, 2]], "int32")
    expected = values.astype("float32" if values.dtype.kind == "f" else "int32")[np.maximum(query, 0)]
    for each in (model, saved_and_loaded(model)):
        found = np.asarray(each(query))
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == expected.dtype
        assert each.trainable_variables == []
    assert model.output_shape == (None, 2, *values.shape[1:])
    assert len(str(model.get_config())) < 3000  # the values travel as weights


def test_mixed_precision_does_not_round_the_values() -> None:
    column = CatalogueColumn(np.array([1.0001, 70_000.0]), dtype="mixed_float16")
    np.testing.assert_array_equal(column(np.array([0, 1])), np.array([1.0001, 70_000.0], "float32"))


def test_refusals() -> None:
    with pytest.raises(ValueError, match="shape and dtype"):
        CatalogueColumn()
    with pytest.raises(ValueError, match="holds numbers"):
        CatalogueColumn(np.array(["a"]))
    with pytest.raises(ValueError, match="holds numbers"):
        CatalogueColumn(3)
