"""Sets of features with shared vocabularies, and the batches that a model reads."""

import json
import re
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specc.runtime.features.categories import Hash, Index
from specc.runtime.features.encoder import Encoder
from specc.runtime.features.errors import DataError
from specc.runtime.features.features import Feature, Features
from specc.runtime.features.numeric import Clip, Fill, Log1p, MinMax, Standardize
from specc.runtime.features.ragged import Ragged
from specc.runtime.features.vocabulary import Vocabulary

FEATURES = [
    Feature("movie", [Vocabulary()]),
    Feature("watched", same="movie", shape="sequence", length=2, counted=False),
    Feature("liked", same="movie", shape="bag"),
    Feature("price", [Fill(0), Clip(0, 100), Log1p(), Standardize()]),
    Feature("text", shape="vector", length=3),
    Feature("plain", column="price2"),
]


def rows() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "movie": [7, 7, 8, 9],
            "watched": [[], [9, 9, 9], [9, 8], None],
            "liked": [[9], [9, 8], [], None],
            "price": [1.0, None, 500.0, 3.0],
            "text": pl.Series([[1, 2, 3], [4, 5, 6], [7, 8, 9], [0, 0, 1]], dtype=pl.Array(pl.Float32, 3)),
            "price2": [1, 2, 3, 4],
        }
    )


def test_fit_and_encode() -> None:
    features = Features(FEATURES).fit(rows())
    # movie and liked count (7: 2, 8: 2, 9: 3), the history does not.
    assert features.chain("watched")[0].state()["values"] == [9, 7, 8]
    assert features.sizes == {"movie": 4}
    assert features.vocabulary("watched") == "movie"
    arrays: dict[str, Any] = features.encode(rows())
    assert list(arrays) == [feature.name for feature in FEATURES]
    assert arrays["movie"].dtype == np.int32
    np.testing.assert_array_equal(arrays["movie"], [2, 2, 3, 1])
    watched = arrays["watched"]
    assert isinstance(watched, Ragged)
    np.testing.assert_array_equal(watched.values, [1, 1, 1, 3])
    np.testing.assert_array_equal(watched.offsets, [0, 0, 2, 4, 4])
    logs = np.log1p([1, 0, 100, 3])
    np.testing.assert_allclose(arrays["price"], (logs - logs.mean()) / logs.std(), rtol=1e-6)
    assert arrays["price"].dtype == np.float32
    np.testing.assert_array_equal(arrays["text"], [[1, 2, 3], [4, 5, 6], [7, 8, 9], [0, 0, 1]])
    np.testing.assert_array_equal(arrays["plain"], [1, 2, 3, 4])
    np.testing.assert_array_equal(features.counts("movie", rows()), [0, 3, 2, 2])
    np.testing.assert_array_equal(features.encode(rows(), ["movie"])["movie"], [2, 2, 3, 1])


def test_unseen_values_are_out_of_vocabulary() -> None:
    features = Features(FEATURES[:3]).fit(rows())
    later = pl.DataFrame({"movie": [100, None, 7], "watched": [[100, 9], [], [7]], "liked": [[], [], []]})
    later = later.with_columns(pl.col("liked").cast(pl.List(pl.Int64)))
    arrays: dict[str, Any] = features.encode(later)
    np.testing.assert_array_equal(arrays["movie"], [0, 0, 2])
    np.testing.assert_array_equal(arrays["watched"].padded(slice(None)), [[0, 1], [-1, -1], [2, -1]])
    np.testing.assert_array_equal(features.counts("movie", later), [2, 0, 1, 0])


def test_no_rows_give_empty_arrays_of_the_right_shape() -> None:
    arrays: dict[str, Any] = Features(FEATURES).fit(rows()).encode(rows().head(0))
    assert arrays["movie"].shape == (0,)
    assert arrays["text"].shape == (0, 3)
    assert arrays["watched"].padded(slice(None)).shape == (0, 2)


def test_a_missing_vector_is_an_error() -> None:
    frame = pl.DataFrame({"text": pl.Series([[1, 2, 3], None], dtype=pl.Array(pl.Float32, 3))})
    with pytest.raises(DataError, match=r"`0` is the length of a vector\(3\)"):
        Features([FEATURES[4]]).encode(frame)


def test_fitting_leaves_the_declaration_alone() -> None:
    Features(FEATURES).fit(rows())
    assert Features(FEATURES).sizes == {}


def test_state_survives_json() -> None:
    features = Features(FEATURES).fit(rows())
    state = json.loads(json.dumps(features.state()))
    again = Features.from_state(FEATURES, state)
    for name, array in features.encode(rows()).items():
        other = again.encode(rows())[name]
        if isinstance(array, Ragged):
            assert isinstance(other, Ragged)
            array, other = array.values, other.values
        np.testing.assert_array_equal(array, other)
    with pytest.raises(DataError, match="the state is of"):
        Features.from_state(FEATURES[:4], state)
    changed = [Feature("movie", [Vocabulary(min_count=2)]), *FEATURES[1:]]
    with pytest.raises(DataError, match="other arguments"):
        Features.from_state(changed, state)


def test_errors_name_the_column() -> None:
    frame = rows()
    for feature, words in [
        (Feature("absent"), "no such column"),
        (Feature("movie", shape="bag"), "is not a bag"),
        (Feature("liked"), "is not a scalar"),
        (Feature("text", shape="vector", length=2), "`3` is the length"),
        (Feature("movie", [Index(8)]), "out of the range"),
        (Feature("price"), "missing"),
        (Feature("liked", [Index(9)], shape="bag"), "`9` is out of"),
    ]:
        with pytest.raises(DataError, match=words) as caught:
            Features([feature]).encode(frame)
        assert caught.value.column == feature.name


def test_one_vocabulary_is_of_one_kind() -> None:
    features = Features([Feature("a", [Vocabulary()]), Feature("b", same="a")])
    with pytest.raises(DataError, match=r"`a` \(Int64\), `b` \(String\)"):
        features.fit(pl.DataFrame({"a": [1], "b": ["1"]}))
    with pytest.raises(ValueError, match="shares the encoders of `c`"):
        Features([Feature("a", same="c")])
    for wrong in ({"shape": "list"}, {"length": 3}, {"shape": "sequence"}, {"same": "b", "chain": [Hash(3)]}):
        with pytest.raises(ValueError, match=r"shape|length|shares"):
            Feature("a", **wrong)


@given(st.lists(st.lists(st.integers(0, 9), max_size=4), min_size=1, max_size=10), st.data())
@settings(max_examples=50, deadline=None)
def test_ragged_against_lists(lists: list[list[int]], data: st.DataObject) -> None:
    offsets = np.cumsum([0, *map(len, lists)])
    ragged = Ragged(np.array([value for row in lists for value in row], np.int32), offsets)
    chosen = data.draw(st.lists(st.integers(0, len(lists) - 1), max_size=12))
    rows = np.array(chosen, np.int64)
    part = ragged[rows]
    assert [part.values[a:b].tolist() for a, b in zip(part.offsets, part.offsets[1:], strict=False)] == [
        lists[i] for i in chosen
    ]
    width = max([1, *(len(lists[i]) for i in chosen)])
    want = [lists[i] + [-1] * (width - len(lists[i])) for i in chosen]
    np.testing.assert_array_equal(ragged.padded(rows), np.array(want, np.int32).reshape(len(chosen), width))


def test_numbers_are_padded_with_nan() -> None:
    ragged = Ragged(np.array([1, 2], np.float32), np.array([0, 2, 2]), length=3)
    np.testing.assert_array_equal(ragged.padded(slice(None)), [[1, 2, np.nan], [np.nan] * 3])


def encoded(n: int = 10) -> dict[str, Any]:
    lengths = np.arange(n) % 4
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    values = np.arange(offsets[-1], dtype=np.int32)
    return {"id": np.arange(n, dtype=np.int32), "bag": Ragged(values, offsets), "seq": Ragged(values, offsets, length=5)}


@pytest.mark.parametrize(("rows", "batch", "window"), [(10, 4, 2**18), (10, 3, 6), (9, 3, 3), (2, 4, 4), (23, 2, 5)])
def test_an_epoch_holds_every_row_once_in_an_order_of_its_own(rows: int, batch: int, window: int) -> None:
    from specc.runtime.features.batches import Batches

    y = {"y": np.arange(rows, dtype=np.float32)}
    made = Batches(encoded(rows), y, y, batch=batch, shuffle=True, seed=3, window=window)
    found = []
    for number in range(3):
        made.on_epoch_begin(number)
        found.append([x["id"].numpy() for x, _, _ in made.dataset()])
    for epoch in found:
        assert [len(ids) for ids in epoch] == [batch] * (rows // batch) + [rows % batch] * (rows % batch > 0)
        assert sorted(np.concatenate(epoch)) == list(range(rows))
    orders = {tuple(np.concatenate(epoch)) for epoch in found}
    assert len(orders) == 3 or rows < 4
    made.on_epoch_begin(1)
    np.testing.assert_array_equal(np.concatenate([x["id"] for x, _, _ in made.dataset()]), np.concatenate(found[1]))
    assert len(made.dataset()) == -(-rows // batch)
    other = Batches(encoded(rows), y, y, batch=batch, shuffle=True, seed=4, window=window)
    assert rows < 4 or tuple(np.concatenate([x["id"].numpy() for x, _, _ in other.dataset()])) not in orders


def test_a_window_is_shuffled_as_a_whole() -> None:
    """Every row may come anywhere: over many epochs the mean place of each is the middle."""
    from specc.runtime.features.batches import Batches

    made = Batches({"id": np.arange(12, dtype=np.int32)}, batch=5, shuffle=True)
    orders, batches = [], made.dataset()
    for epoch in range(50):
        made.on_epoch_begin(epoch)
        orders.append(np.concatenate([x["id"].numpy() for (x,) in batches]))
    places = np.argsort(orders, axis=1)
    assert np.abs(places.mean(axis=0) - 5.5).max() < 4 * places.std() / np.sqrt(50)


def test_a_batch_has_the_values_of_its_rows() -> None:
    from specc.runtime.features.batches import Batches

    inputs = {**encoded(10), "vector": np.arange(20, dtype=np.float32).reshape(10, 2), "wide": np.full(10, 70_000, np.int32)}
    inputs["text"] = Ragged(np.arange(3, dtype=np.float32), np.array([0, 2, 2, 3, *[3] * 7]), length=2)
    for x, y, weight in Batches(inputs, {"y": np.arange(10.0)}, {"y": np.ones(10)}, batch=4, shuffle=True).dataset():
        ids = x["id"].numpy()
        np.testing.assert_array_equal(y["y"], ids)
        assert weight["y"].shape == ids.shape
        assert {name: values.dtype.name for name, values in x.items()} == {
            "id": "int32", "bag": "int32", "seq": "int32", "vector": "float32", "wide": "int32", "text": "float32",
        }  # fmt: skip
        np.testing.assert_array_equal(x["vector"], inputs["vector"][ids])
        np.testing.assert_array_equal(x["wide"], [70_000] * len(ids))
        for name in ("bag", "seq", "text"):
            np.testing.assert_array_equal(x[name], inputs[name].padded(ids))


def test_bags_are_at_least_one_place_wide() -> None:
    from specc.runtime.features.batches import Batches

    bags = Ragged(np.zeros(0, np.int32), np.zeros(4, np.int64))
    ((x,),) = Batches({"bag": bags}, batch=8).dataset()
    np.testing.assert_array_equal(x["bag"], [[-1], [-1], [-1]])


def test_batches_refuse_arrays_of_unlike_lengths() -> None:
    from specc.runtime.features.batches import Batches

    with pytest.raises(ValueError, match="unlike lengths"):
        Batches(encoded(), {"y": np.zeros(9)}, batch=4)
    with pytest.raises(ValueError, match="weights need targets"):
        Batches(encoded(), weights={"y": np.zeros(10)}, batch=4)
    with pytest.raises(ValueError, match="at least one row"):
        Batches(encoded(), batch=0)


def test_keras_trains_on_batches_whose_bags_differ_in_width() -> None:
    import keras

    from specc.runtime.features.batches import Batches

    class Counted(keras.layers.Layer):  # type: ignore[misc]
        def call(self, bag: Any) -> Any:
            return keras.ops.sum(keras.ops.cast(bag >= 0, "float32"), axis=1, keepdims=True)

    bag = keras.Input((None,), name="bag", dtype="int32")
    model = keras.Model({"bag": bag}, {"y": keras.layers.Dense(1)(Counted()(bag))})
    model.compile("sgd", {"y": "mse"})
    lengths = np.array([1, 1, 1, 1, 7, 3, 0, 2])
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    inputs = {"bag": Ragged(np.zeros(offsets[-1], np.int32), offsets)}
    batches = Batches(inputs, {"y": np.ones((8, 1))}, {"y": np.ones(8)}, batch=2)
    history = model.fit(batches.dataset(), epochs=2, shuffle=False, callbacks=[batches], verbose=0)
    assert len(history.history["loss"]) == 2
    assert batches.epoch.numpy() == 1
    assert model.predict(Batches(inputs, batch=2).dataset(), verbose=0)["y"].shape == (8, 1)


@pytest.mark.parametrize(
    ("chain", "value"),
    [([], 1e39), ([Standardize(0.0, 2.0)], -1e300), ([Standardize(0.0, 1e-20)], 1e20), ([MinMax(0.0, 1e-9)], 1e35)],
)
def test_a_number_that_float32_cannot_hold_is_out_of_range(chain: list[Encoder], value: float) -> None:
    features = Features([Feature("x", chain)])
    with pytest.raises(DataError, match=re.escape(f"`{value}` is too large for a model's 32 bits")) as caught:
        features.encode(pl.DataFrame({"x": [1.0, value]}))
    assert (caught.value.kind, caught.value.column) == ("range", "x")


def test_a_large_number_that_is_made_small_is_none() -> None:
    features = Features([Feature("x", [Log1p()]), Feature("y", [Clip(0, 5)]), Feature("z")])
    found = features.encode(pl.DataFrame({"x": [1e300], "y": [1e300], "z": [3e38]}))
    assert [float(found[name][0]) for name in "xyz"] == pytest.approx([690.7755, 5, 3e38])
