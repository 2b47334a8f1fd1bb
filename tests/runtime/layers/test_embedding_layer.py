"""The embedding layer against indexing in NumPy."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from specc.runtime.layers.embedding import Embedding

IDS = np.array([[1, 4, -1], [4, 4, 2], [-1, -1, -1], [0, 3, 1]], "int32")


def built(**kwargs: Any) -> tuple[Any, Any]:
    layer = Embedding(5, 3, initializer=keras.initializers.RandomUniform(seed=1), **kwargs)
    layer.build((None,))
    return layer, layer.table.numpy()


@pytest.mark.parametrize("shape", [(12,), (4, 3), (2, 2, 3)])
def test_looks_up_ids_of_any_shape_and_takes_row_0_for_padding(shape: Any) -> None:
    layer, table = built()
    ids = IDS.reshape(shape)
    found = np.asarray(layer(ids))
    np.testing.assert_array_equal(found, table[np.maximum(ids, 0)])
    assert layer.compute_output_shape(shape) == found.shape


def test_default_initializer_is_uniform_within_a_twentieth() -> None:
    layer = Embedding(1000, 20)
    layer.build((None,))
    table = layer.table.numpy()
    assert np.abs(table).max() <= 0.05
    assert table.std() == pytest.approx(0.1 / np.sqrt(12), rel=0.05)


def test_l2_is_the_mean_over_rows_of_what_they_looked_up() -> None:
    layer, table = built(l2=0.5)
    layer(IDS)
    squares = (table**2).sum(axis=1)
    expected = 0.5 * (squares[[1, 4]].sum() + squares[[4, 4, 2]].sum() + squares[[0, 3, 1]].sum()) / 4
    assert [float(loss) for loss in layer.losses] == pytest.approx([expected])
    layer(IDS[:, 0])
    assert float(layer.losses[0]) == pytest.approx(0.5 * squares[[1, 4, 0]].sum() / 4)


def test_gradient_holds_only_the_rows_in_use_penalty_included() -> None:
    layer, table = built(l2=0.5)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(np.array([4, 2], "int32"))) + sum(layer.losses)
    gradient = tape.gradient(loss, layer.table.value)
    assert isinstance(gradient, tf.IndexedSlices)
    dense = np.zeros((5, 3))
    dense[[4, 2]] = 1 + 0.5 * table[[4, 2]]
    np.testing.assert_allclose(tf.convert_to_tensor(gradient), dense, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "mixed_float16"])
def test_a_step_does_not_read_the_table(dtype: str) -> None:
    layer, _ = built(dtype=dtype, l2=0.1)
    graph = tf.function(layer.__call__).get_concrete_function(tf.TensorSpec((None,), tf.int32)).graph
    operations = [operation.type for operation in graph.get_operations()]
    assert "ResourceGather" in operations
    assert "ReadVariableOp" not in operations


def test_an_id_beyond_the_table_is_an_error() -> None:
    layer, _ = built()
    with pytest.raises(tf.errors.InvalidArgumentError, match="not in"):
        layer(np.array([5], "int32"))


@pytest.mark.parametrize("arguments", [{"rows": 0, "dim": 1}, {"rows": 1, "dim": 0}, {"rows": 1, "dim": 1, "l2": -1.0}])
def test_arguments_out_of_range(arguments: Any) -> None:
    with pytest.raises(ValueError, match=r"at least one|negative"):
        Embedding(**arguments)


def test_saved_and_loaded(saved_and_loaded: Any) -> None:
    ids = keras.Input((3,), dtype="int32")
    model = keras.Model(
        ids, Embedding(5, 3, initializer=keras.initializers.RandomNormal(stddev=0.2), l2=0.3, name="table")(ids)
    )
    again = saved_and_loaded(model)
    np.testing.assert_array_equal(model.predict(IDS, verbose=0), again.predict(IDS, verbose=0))
    config = again.get_layer("table").get_config()
    assert (config["rows"], config["dim"], config["l2"], config["initializer"]["config"]["stddev"]) == (5, 3, 0.3, 0.2)
