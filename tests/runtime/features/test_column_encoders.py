"""Each encoder against its definition in plain Python or NumPy."""

import json
import math
from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specc.runtime.features.categories import Buckets, Hash, Index, Quantiles
from specc.runtime.features.encoder import Encoder
from specc.runtime.features.errors import DataError
from specc.runtime.features.hashing import fingerprint64, hash_buckets
from specc.runtime.features.numeric import Clip, Fill, Log1p, MinMax, Standardize
from specc.runtime.features.spread_vocabulary import SpreadVocabulary
from specc.runtime.features.vocabulary import Vocabulary

NUMBERS = st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=40)


def column(*values: object) -> pl.Series:
    return pl.Series("x", values)


@given(
    st.lists(st.one_of(st.none(), st.integers(-3, 3)), max_size=40),
    st.integers(1, 3),
    st.one_of(st.none(), st.integers(1, 4)),
    st.sampled_from([None, 0]),
)
@settings(max_examples=200, deadline=None)
def test_vocabulary_learns_by_falling_count(
    values: list[int | None], min_count: int, max_size: int | None, unknown: int | None
) -> None:
    counts = Counter(value for value in values if value is not None and value != unknown)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    kept = [value for value, count in ordered if count >= min_count][:max_size]
    series = pl.Series("x", values, dtype=pl.Int64)
    vocabulary = Vocabulary(min_count=min_count, max_size=max_size, unknown=unknown)
    if not kept:
        with pytest.raises(DataError, match="no value is seen"):
            vocabulary.fit(series)
        return
    vocabulary.fit(series)
    assert vocabulary.values == kept
    assert vocabulary.size == 1 + len(kept)
    ids = vocabulary.encode(pl.Series("x", [*values, 99], dtype=pl.Int64))
    assert ids.dtype == pl.Int32
    assert ids.to_list() == [1 + kept.index(value) if value in kept else 0 for value in [*values, 99]]
    assert vocabulary.decode(ids).to_list() == [value if value in kept else None for value in [*values, 99]]


def test_vocabulary_of_known_values() -> None:
    sex = Vocabulary(known=["F", "M"])
    sex.fit(column("x", "y"))
    assert sex.encode(column("M", "F", None, "x")).to_list() == [2, 1, 0, 0]
    assert sex.size == 3
    with pytest.raises(ValueError, match="come twice"):
        Vocabulary(known=["F", "F"])
    for known in ([], [1, "F"]):
        with pytest.raises(ValueError, match="of one kind"):
            Vocabulary(known=known)
    with pytest.raises(ValueError, match="oov"):
        SpreadVocabulary(oov=0)


def test_several_ids_out_of_vocabulary() -> None:
    words = SpreadVocabulary(oov=5, unknown="?")
    words.fit(column("a", "a", "b", "?"))
    strangers = [f"w{i}" for i in range(50)]
    ids = words.encode(pl.Series("x", ["a", "b", None, "?", *strangers])).to_list()
    assert ids[:4] == [5, 6, 0, 0]
    assert ids[4:] == hash_buckets(pl.Series(strangers), 5).to_list()
    assert set(ids[4:]) == set(range(5))


def test_several_ids_out_of_vocabulary_for_numbers() -> None:
    numbers = SpreadVocabulary(oov=3)
    numbers.fit(pl.Series("x", [7, 7, 8]))
    assert numbers.encode(pl.Series("x", [7, 8, None])).to_list() == [3, 4, 0]
    assert numbers.encode(pl.Series("x", [9])).to_list() == hash_buckets(pl.Series([9]), 3).to_list()


def test_vocabulary_of_other_kinds() -> None:
    words = Vocabulary()
    with pytest.raises(RuntimeError, match="not fitted"):
        words.encode(column("a"))
    words.fit(column(True, False, True))
    assert words.values == [True, False]
    with pytest.raises(DataError, match="holds String where its vocabulary holds Boolean"):
        words.encode(column("true"))
    with pytest.raises(DataError, match="not a category"):
        words.fit(pl.Series("x", [0]).cast(pl.Datetime("us")))
    assert words.encode(pl.Series("x", [None, None])).to_list() == [0, 0]


def test_fingerprints_noted_down_from_tensorflow() -> None:
    """`tf.strings.to_hash_bucket_fast(text, 2**62)` of TensorFlow 2.21: a text for each branch of the hash."""
    noted = {
        "": 1936946117179621455,
        "a": 3694432073954588131,
        "abc": 2640714258260161385,
        "hello": 3786372426573024488,
        "hello world": 1769834696496558107,
        "the quick brown fox": 3343755477575298353,
        "the quick brown fox jumps over the lazy dog": 3200379034145657811,
        "x" * 64: 2304502108871267256,
        "x" * 65: 323337772074164025,
        "é" * 100: 842682152187525594,
    }
    assert hash_buckets(pl.Series(list(noted)), 2**62).to_list() == list(noted.values())


def test_fingerprint_is_tensorflows() -> None:
    tf = pytest.importorskip("tensorflow")
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("abcé漢Z09 "), size)) for size in range(200) for _ in range(2)]
    assert hash_buckets(pl.Series(texts), 2**62).to_list() == tf.strings.to_hash_bucket_fast(texts, 2**62).numpy().tolist()
    numbers = [0, 7, -12, 2**53]
    keras_ids = tf.keras.layers.Hashing(1000)(np.array(numbers)).numpy().tolist()
    assert Hash(1000).encode(pl.Series("x", numbers)).to_list() == keras_ids


def test_fingerprint_of_nothing() -> None:
    assert fingerprint64(pl.Series([], dtype=pl.String)).shape == (0,)
    assert Hash(5).encode(pl.Series("x", [], dtype=pl.String)).to_list() == []


def test_hash_refuses_fractions_and_null() -> None:
    with pytest.raises(DataError, match="Float64"):
        Hash(10).encode(column(1.5))
    with pytest.raises(DataError, match=r"fill\(\.\.\.\)"):
        Hash(10).encode(column("a", None))
    with pytest.raises(ValueError, match="32 bits"):
        Hash(2**31)


def test_index() -> None:
    assert Index(3).encode(column(0, 2, 1)).to_list() == [0, 2, 1]
    assert Index(2).encode(column(True, False)).to_list() == [1, 0]
    with pytest.raises(DataError, match=r"`3` is out of the range of `index\(3\)`, 0 to 2 \(the first of 2"):
        Index(3).encode(column(0, 3, -1))
    with pytest.raises(DataError, match="missing"):
        Index(3).encode(column(0, None))
    with pytest.raises(DataError, match="String"):
        Index(3).encode(column("0"))


@given(NUMBERS, st.lists(st.integers(-100, 100), min_size=1, max_size=6, unique=True).map(sorted))
@settings(max_examples=50, deadline=None)
def test_buckets_count_bounds_not_above(values: list[float], bounds: list[float]) -> None:
    ids = Buckets(bounds).encode(pl.Series("x", [*values, *map(float, bounds)])).to_list()
    assert ids == [sum(bound <= value for bound in bounds) for value in [*values, *bounds]]


def test_buckets_rise_and_take_numbers_only() -> None:
    with pytest.raises(ValueError, match="rise"):
        Buckets([2, 1])
    with pytest.raises(DataError, match="missing"):
        Buckets([1]).encode(column(1.0, None))
    assert Buckets([18, 25]).size == 3


@given(NUMBERS, st.integers(2, 6))
@settings(max_examples=50, deadline=None)
def test_quantiles(values: list[float], n: int) -> None:
    encoder = Quantiles(n)
    encoder.fit(pl.Series("x", values))
    bounds = [np.quantile(values, i / n) for i in range(1, n)]
    assert encoder.encode(pl.Series("x", values)).to_list() == [sum(bound <= value for bound in bounds) for value in values]
    assert encoder.size == n


@given(NUMBERS)
@settings(max_examples=50, deadline=None)
def test_standardize_and_minmax(values: list[float]) -> None:
    array = np.array(values)
    spread, span = array.std() if np.ptp(array) else 0.0, array.max() - array.min()
    standardize, minmax = Standardize(), MinMax()
    standardize.fit(pl.Series("x", values))
    minmax.fit(pl.Series("x", values))
    np.testing.assert_allclose(standardize.encode(pl.Series("x", values)), (array - array.mean()) / (spread or 1), atol=1e-9)
    np.testing.assert_allclose(minmax.encode(pl.Series("x", values)), (array - array.min()) / (span or 1), atol=1e-12)


def test_a_constant_column_gives_zeros() -> None:
    for encoder in (Standardize(), MinMax()):
        encoder.fit(column(*[0.1] * 10))
        np.testing.assert_allclose(encoder.encode(column(0.1, 0.1)), [0, 0], atol=1e-15)


def test_log1p_and_clip() -> None:
    assert Log1p().encode(column(0.0, 1.0)).to_list() == [0.0, math.log(2)]
    with pytest.raises(DataError, match=r"`-1\.0` has no log1p"):
        Log1p().encode(column(0.0, -1.0))
    assert Clip(0, 10).encode(column(-5, 5, 50)).to_list() == [0, 5, 10]
    assert Clip(high=10).encode(column(-5, 50)).to_list() == [-5, 10]


def test_fill() -> None:
    assert Fill(0).encode(column(1, None)).to_list() == [1, 0]
    assert Fill(0.5).encode(column(1, None)).to_list() == [1.0, 0.5]
    assert Fill(0).encode(column(1.5, None, float("nan"))).to_list() == [1.5, 0, 0]
    assert Fill("none").encode(column("a", None)).to_list() == ["a", "none"]
    assert Fill(1990).encode(column("1995", None)).to_list() == [1995, 1990]
    assert Fill(7).encode(pl.Series("x", [None, None])).to_list() == [7, 7]
    assert Fill(False).encode(column(True, None)).to_list() == [True, False]
    with pytest.raises(DataError, match="cannot be filled with text"):
        Fill("none").encode(column(1, None))
    with pytest.raises(DataError, match="`x1` is not a finite number"):
        Fill(0).encode(column("x1", None))


@pytest.mark.parametrize(
    "encoder", [Log1p(), Clip(0, 1), Standardize(0.0, 1.0), MinMax(0.0, 1.0), Buckets([1]), Quantiles(2, [1.0])]
)
def test_numbers_must_be_there_finite_and_numbers(encoder: Encoder) -> None:
    for bad, words in [
        (None, "missing"),
        (float("nan"), "missing"),
        (float("inf"), "not a finite number"),
        ("abc", "not a finite number"),
    ]:
        with pytest.raises(DataError, match=words) as caught:
            encoder.encode(pl.Series("price", [bad] if isinstance(bad, str) else [1.0, bad]))
        assert caught.value.column == "price"


def test_learning_from_nothing_is_an_error() -> None:
    for encoder in (Standardize(), MinMax(), Quantiles(3)):
        with pytest.raises(RuntimeError, match="not fitted"):
            encoder.encode(column(1.0))
        with pytest.raises(DataError, match="no training values"):
            encoder.fit(pl.Series("x", [], dtype=pl.Float64))


@pytest.mark.parametrize(
    ("encoder", "values"),
    [
        (SpreadVocabulary(min_count=2, oov=3, unknown="?"), ["a", "b", "a", "c", "?"]),
        (Vocabulary(known=["F", "M"]), ["F", "M", "x"]),
        (Index(4), [1, 2, 3]),
        (Hash(100), ["a", "b"]),
        (Buckets([1, 2.5]), [0.5, 1.5]),
        (Quantiles(4), [0.1, 0.2, 0.7, 1 / 3]),
        (Fill(2), [1, None]),
        (Clip(0, None), [-1.0, 1.0]),
        (Log1p(), [1.0]),
        (Standardize(), [0.1, 0.2, 1 / 3]),
        (MinMax(), [0.1, 0.2, 1 / 3]),
    ],
)
def test_state_survives_json_exactly(encoder: Encoder, values: list[object]) -> None:
    series = pl.Series("x", values)
    encoder.fit(series)
    again = type(encoder).from_state(json.loads(json.dumps(encoder.state())))
    assert again == encoder
    assert again.size == encoder.size
    assert again.encode(series).equals(encoder.encode(series))
    with pytest.raises(ValueError, match="is none of"):
        type(encoder).from_state({"kind": "Other"})


@pytest.mark.parametrize("encoder", [Standardize(), MinMax()])
def test_nothing_is_learned_from_a_number_that_a_model_cannot_hold(encoder: Encoder) -> None:
    with pytest.raises(DataError, match=r"1e.200` is too large for a model's 32 bits") as caught:
        encoder.fit(pl.Series("x", [1.0, 1e200, 2.0]))
    assert (caught.value.kind, caught.value.column) == ("range", "x")
    encoder.fit(pl.Series("x", [1.0, 3.4e38]))  # float32 goes to 3.4028e38
    assert np.isfinite(encoder.encode(pl.Series("x", [1.0, 3.4e38])).to_numpy()).all()
