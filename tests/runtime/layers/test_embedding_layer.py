"""The embedding layer against indexing in NumPy."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from specc.runtime.layers.embedding import Embedding, group_tables

IDS = np.array([[1, 4, -1], [4, 4, 2], [-1, -1, -1], [0, 3, 1]], "int32")


def built(**kwargs: Any) -> tuple[Any, Any]:
    layer = Embedding(5, 3, initializer=keras.initializers.RandomUniform(seed=1), **kwargs)
    layer.build((None,))
    return layer, layer.table.numpy()


@pytest.mark.parametrize("shape", [(12,), (4, 3), (2, 2, 3)])
def test_looks_up_ids_of_any_shape(shape: Any) -> None:
    layer, table = built()
    ids = np.maximum(IDS, 0).reshape(shape)
    found = np.asarray(layer(ids))
    np.testing.assert_array_equal(found, table[ids])
    assert layer.compute_output_spec(keras.KerasTensor(shape, "int32")).shape == found.shape


def test_padding_gives_zeros_and_is_not_looked_up_and_a_single_negative_id_reads_row_0() -> None:
    layer, table = built()
    np.testing.assert_array_equal(layer(IDS), np.where(IDS[..., None] >= 0, table[IDS], 0.0))
    np.testing.assert_array_equal(layer(IDS[2]), table[[0, 0, 0]])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(IDS))
    assert sorted(tape.gradient(loss, layer.table.value).indices.numpy()) == [0, 1, 1, 2, 3, 4, 4, 4]


@pytest.mark.parametrize("combiner", ["sum", "mean", "sqrtn"])
def test_a_combiner_pools_what_is_not_padding(combiner: str) -> None:
    layer, table = built(l2=0.5)
    vectors = np.where(IDS[..., None] >= 0, table[IDS], 0.0)
    count = np.maximum((IDS >= 0).sum(axis=1, keepdims=True), 1)
    expected = vectors.sum(axis=1) / {"sum": 1, "mean": count, "sqrtn": np.sqrt(count)}[combiner]
    weights = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
    with tf.GradientTape() as tape:
        found = layer(IDS, combiner=combiner)
        loss = tf.reduce_sum(found * weights)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert layer.compute_output_spec(keras.KerasTensor((4, 3), "int32"), combiner=combiner).shape == (4, 3)
    gradient = tape.gradient(loss, layer.table.value)
    assert sorted(gradient.indices.numpy()) == [0, 1, 2, 3, 4]  # each once
    dense = np.zeros((5, 3))
    for row, ids in enumerate(IDS):
        for one in ids[ids >= 0]:
            dense[one] += weights[row] / {"sum": 1, "mean": count[row], "sqrtn": np.sqrt(count[row])}[combiner]
    np.testing.assert_allclose(tf.convert_to_tensor(gradient), dense, rtol=1e-5, atol=1e-6)
    assert float(layer.losses[0]) == pytest.approx(0.5 * (vectors**2).sum() / 4)


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
    for shape, combiner in (((None,), None), ((None, 3), None), ((None, 3), "mean")):
        function = tf.function(lambda ids, combiner=combiner: layer(ids, combiner=combiner))
        graph = function.get_concrete_function(tf.TensorSpec(shape, tf.int32)).graph
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


@pytest.mark.parametrize("combiner", [None, "sum", "mean", "sqrtn"])
def test_exported_for_serving(combiner: str | None, tmp_path: Any) -> None:
    ids = keras.Input((None,), dtype="int32")
    model = keras.Model(ids, Embedding(5, 3)(ids, combiner=combiner))
    rows = np.array([[1, 1, -1], [4, -1, -1], [-1, -1, -1]], "int32")
    model.export(tmp_path / "served", verbose=False)
    served = tf.saved_model.load(tmp_path / "served")
    np.testing.assert_array_equal(served.serve(rows), model(rows))


@pytest.mark.parametrize("combiner", ["sum", "mean", "sqrtn"])
def test_batches_without_a_row_or_an_id_are_pooled_to_zeros(combiner: str) -> None:
    layer, _ = built()
    for shape in ((0, 3), (2, 0), (2, 3)):
        with tf.GradientTape() as tape:
            found = layer(np.full(shape, -1, "int32"), combiner=combiner)
        np.testing.assert_array_equal(found, np.zeros((shape[0], 3)))
        assert tape.gradient(found, layer.table.value).values.shape == (0, 3)


def grouped() -> tuple[Any, Any]:
    first, second = (
        Embedding(rows, 3, initializer=keras.initializers.RandomNormal(seed=rows), name=name)
        for rows, name in ((5, "first"), (4, "second"))
    )
    group_tables([first, second])
    return first, second


def test_a_group_is_one_variable_and_its_tables_are_what_they_are_alone() -> None:
    first, second = grouped()
    assert first.table is second.table
    for layer in (first, second):
        alone = Embedding.from_config(layer.get_config())
        alone.build((None,))
        assert not layer.get_weights()[0].any()
        layer.draw(layer.initializer)
        np.testing.assert_array_equal(layer.get_weights()[0], alone.get_weights()[0])
        np.testing.assert_array_equal(layer(np.array([3, 1, 0, -1], "int32")), alone(np.array([3, 1, 0, -1], "int32")))
        assert layer.count_params() == alone.count_params()


def test_an_id_beyond_a_table_of_a_group_is_an_error_and_not_the_next_table() -> None:
    for layer, beyond in zip(grouped(), (5, 4), strict=True):
        for ids in (np.array([beyond], "int32"), np.array([[beyond]], "int32")):
            with pytest.raises(tf.errors.InvalidArgumentError, match="not in"):
                layer(ids)


def test_a_group_is_summarised_and_saved_table_by_table(tmp_path: Any, saved_and_loaded: Any) -> None:
    def model(layers: Any) -> Any:
        ids = keras.Input((), dtype="int32", name="ids")
        return keras.Model(ids, keras.layers.Concatenate(name="both")([layer(ids) for layer in layers]), name="model")

    def summary(of: Any) -> list[str]:
        lines: list[str] = []
        of.summary(print_fn=lambda line, **_: lines.append(line))
        return lines

    layers = grouped()
    together, apart = model(layers), model([Embedding.from_config(layer.get_config()) for layer in layers])
    assert summary(together) == summary(apart)
    layers[0].put(np.full((5, 3), 7.0))
    ids = np.array([3, 0], "int32")
    together.save_weights(tmp_path / "grouped.weights.h5")
    apart.load_weights(tmp_path / "grouped.weights.h5")
    for again in (apart, saved_and_loaded(together)):
        np.testing.assert_array_equal(again.predict(ids, verbose=0), together.predict(ids, verbose=0))
    apart.layers[1].put(np.full((5, 3), 8.0))
    apart.save_weights(tmp_path / "apart.weights.h5")
    together.load_weights(tmp_path / "apart.weights.h5")
    assert (layers[0].get_weights()[0] == 8.0).all()


def test_only_unbuilt_tables_of_one_width_are_grouped() -> None:
    for layers in ([Embedding(2, 3), Embedding(2, 4)], list(grouped()), []):
        for layer in layers:
            if layer.table is not None:
                layer.build((None,))
                layer.built = True
        with pytest.raises(ValueError, match="one width"):
            group_tables(layers)
