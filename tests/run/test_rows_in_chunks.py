"""Large files are read, learned from and encoded in chunks, with the results of reading them as a whole."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from specc.diagnostics.errors import SpecError
from specc.driver import Compilation
from specc.run import encoded, fitting, streams, train
from specc.run.checking import folder_of
from specc.run.encoded import encode_part, in_memory
from specc.run.fitting import Fitted, fit_program
from specc.run.row_cache import CachedRows, in_frame
from specc.run.scratch import Scratch
from specc.run.source_map import SourceMap
from specc.runtime.features.numeric import Standardize
from specc.runtime.features.ragged import Ragged

SPEC = """rec 1
schema events {
  user   : int                     -> vocab
  item   : int                     -> vocab(max_size=20)
  shown  : int                     -> same(item)
  word   : string?                 -> vocab(min_count=2, oov=3)
  known  : string                  -> vocab(["a", "b"])
  small  : int                     -> index(5)
  hashed : string                  -> hash(50)
  age    : float?                  -> fill(30) -> standardize
  price  : float                   -> clip(0, 50) -> log1p -> minmax
  level  : float                   -> quantiles(7)
  again  : float                   -> standardize -> minmax
  grade  : float                   -> buckets([0.2, 0.5, 0.9])
  tags   : bag(string)             -> vocab
  seen   : seq(int, 3)             -> same(item)
  at     : time
  w      : float
  twice  = age * 2 -> fill(1) -> standardize
  pair   = cross(small, known)     -> hash(100)
  label good : bool?
  label high = price > 30
}
schema items(key=item) {
  color  : string -> vocab
  weight : float? -> fill(0) -> standardize
  heavy  = weight > 3 -> fill(false) -> index(2)
}
data {
  events = csv("events.csv", separate={tags: "|", seen: " "})
  items  = csv("items.csv")
  SPLIT
}
embeddings { dim=2 }
tower x = [@all -> embed(combiner=mean)] -> concat
head good = x -> logit
head high = x -> logit
tower q = user -> embed -> dense(2)
loss good = bce(row_weight=w)
loss high = bce
loss next = q -> softmax(item)
metrics { good: [auc, auc(by=user)], high: auc, next: recall@5 }
train { batch=64, epochs=2, seed=3, optimizer=adam(0.01) }
"""
SPLITS = {
    "none": "",
    "random": "split = random(valid=0.2, test=0.1, seed=7)",
    "time": 'split = by_time(at, valid="2024-02-01")',
    "last": "split = leave_last(by=user, valid=1, test=1)",
    "chosen": "rows = each(events, where=small > 1)\n  split = random(valid=0.2, seed=1)",
    "newest": "rows = last(events, by=user)\n  split = random(valid=0.2, seed=1)",
}
ROWS = 600


def events(rows: int = ROWS) -> pl.DataFrame:
    """Rows with all kinds of columns, as text."""
    rng = np.random.default_rng(4)

    def joined(separator: str, most: int, least: int = 0) -> list[str]:
        return [separator.join(map(str, rng.integers(0, 9, rng.integers(least, most + 1)))) for _ in range(rows)]

    return pl.DataFrame(
        {
            "user": rng.integers(0, 150, rows),
            "item": rng.zipf(1.5, rows) % 50,
            "shown": rng.integers(0, 50, rows),
            "word": [["x", "y", "z", "", f"rare{i}"][rng.integers(5)] for i in range(rows)],
            "known": rng.choice(["a", "b", "c"], rows),
            "small": rng.integers(0, 5, rows),
            "hashed": rng.choice(["p", "q", "r"], rows),
            "age": [str(age) if age > 20 else "" for age in rng.integers(10, 60, rows)],
            "price": rng.exponential(25, rows),
            "level": rng.standard_normal(rows),
            "again": rng.standard_normal(rows),
            "grade": rng.random(rows),
            "tags": joined("|", 3),
            "seen": joined(" ", 5),
            "at": [f"2024-0{1 + i % 2}-{1 + i % 28:02} 10:00:00" for i in range(rows)],
            "w": rng.random(rows),
            "good": [["true", "false", ""][rng.integers(3)] for _ in range(rows)],
        }
    )


ITEMS = "item,color,weight\n" + "".join(f"{i},{'rgb'[i % 3]},{'' if i % 7 == 0 else i / 3}\n" for i in range(40))


def written(folder: Path, split: str = "random", frame: pl.DataFrame | None = None, spec: str = SPEC) -> Compilation:
    (events() if frame is None else frame).write_csv(folder / "events.csv")
    (folder / "items.csv").write_text(ITEMS)
    (folder / "x.rec").write_text(spec.replace("SPLIT", SPLITS[split]))
    compilation = Compilation(str(folder / "x.rec"))
    assert not compilation.diagnostics, compilation.diagnostics
    return compilation


def fitted(compilation: Compilation, scratch: Scratch | None) -> Fitted:
    assert compilation.program is not None
    return fit_program(
        compilation.program, {}, folder_of(compilation), SourceMap(compilation.program, compilation.texts), scratch
    )


@pytest.fixture
def in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is a large one."""
    monkeypatch.setattr(streams, "IN_MEMORY", 0)
    monkeypatch.setattr(streams, "CHUNK", 37)
    monkeypatch.setattr(encoded, "IN_MEMORY", 0)


def same(near: Any, far: Any) -> None:
    near, far = in_memory(near), in_memory(far)
    if isinstance(near, Ragged):
        np.testing.assert_array_equal(near.offsets, far.offsets)
        near, far = near.values, far.values
    assert near.dtype == far.dtype
    np.testing.assert_array_equal(near, far)


@pytest.mark.parametrize("split", SPLITS)
def test_results_are_those_of_reading_as_a_whole(split: str, tmp_path: Path, in_chunks: None) -> None:
    compilation = written(tmp_path, split)
    near = fitted(compilation, None)
    program = compilation.program
    assert program is not None
    with Scratch(str(tmp_path / "run")) as scratch:
        far = fitted(compilation, scratch)
        assert isinstance(next(iter(far.rows.parts.values())), CachedRows)
        assert len(next(iter(far.rows.parts.values())).cache.files) > 5
        assert near.sizes == far.sizes
        assert near.encoders.features.state() == far.encoders.features.state()
        assert {name: part.height for name, part in near.rows.parts.items()} == {
            name: part.height for name, part in far.rows.parts.items()
        }
        for ones, others in ((near.inputs, far.inputs), (near.labels, far.labels), (near.weights, far.weights)):
            assert list(ones) == list(others)
            for name in ones:
                same(ones[name], others[name])
        same(near.counts["next"], far.counts["next"])
        for part, frame in near.rows.parts.items():
            inputs = encode_part(f"measured {part}", far.rows.parts[part], far.encoders, {}, scratch)[0]
            for name, array in near.encoders.encode_rows(frame).items():
                same(array, inputs[name])
            light = in_frame(program, far.rows.parts[part])
            assert set(light.columns) == {".row", "good", "high", "user", "item"}  # what metrics read, and where it stands
            assert light.equals(frame.select(light.columns))


@pytest.mark.parametrize("kind", ["csv", "parquet", "several files", "gz", "no header", "null"])
def test_every_kind_of_file(kind: str, tmp_path: Path, in_chunks: None) -> None:
    frame, spec = events(), SPEC
    if kind == "parquet":
        lists = [pl.col("tags", "seen").str.split("|")]
        numbers = frame.with_columns(*lists).with_columns(seen=pl.Series([[1, 2]] * ROWS), vector=pl.Series([[1.0, 2]] * ROWS))
        numbers.write_parquet(tmp_path / "events.parquet")
        spec = SPEC.replace('csv("events.csv", separate={tags: "|", seen: " "})', 'parquet("events.parquet")').replace(
            "  at  ", "  vector : vector(2)\n  at  "
        )
    elif kind == "several files":
        for day in range(3):
            (tmp_path / f"at2=2024-01-0{day + 1}").mkdir()
            frame[day * 200 : (day + 1) * 200].write_csv(tmp_path / f"at2=2024-01-0{day + 1}" / "events.csv")
        spec = SPEC.replace('"events.csv"', '"at2=*/events.csv"').replace("at     : time", 'at : time(from="at2")')
    elif kind == "gz":
        frame.write_csv(tmp_path / "plain.csv")
        (tmp_path / "events.csv.gz").write_bytes(gzip.compress((tmp_path / "plain.csv").read_bytes()))
        spec = SPEC.replace("events.csv", "events.csv.gz")
    elif kind == "no header":
        frame.write_csv(tmp_path / "bare.csv", include_header=False)
        spec = SPEC.replace('"events.csv", ', '"bare.csv", header=none, ')
    elif kind == "null":
        frame = frame.with_columns(word=pl.col("word").replace("", " NA "))
        spec = SPEC.replace('"events.csv", ', '"events.csv", null="NA", ')
    compilation = written(tmp_path, frame=frame, spec=spec)
    near = fitted(compilation, None)
    with Scratch(str(tmp_path / "run")) as scratch:
        far = fitted(compilation, scratch)
        assert isinstance(far.rows.parts["train"], CachedRows)
        assert near.encoders.features.state() == far.encoders.features.state()
        for name in near.inputs:
            same(near.inputs[name], far.inputs[name])


def with_value(column: str, *places: int, value: Any) -> pl.DataFrame:
    frame = events().with_columns(pl.col(column).cast(pl.String))
    return frame.with_columns(
        pl.when(pl.int_range(ROWS).is_in(list(places))).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
    )


MISTAKES = {
    "no number": with_value("price", 100, 400, 500, value="cheap"),
    "missing": with_value("item", 333, value=""),
    "in a list": with_value("seen", 222, 223, value="1 x 2"),
    "out of range": with_value("small", 300, 301, 302, value="9"),
    "no log": with_value("price", 250, value="-3").with_columns(pl.col("price")),
    "a negative weight": with_value("w", 310, 311, 312, 313, 314, 315, value="-1"),
    "an earlier column, later": with_value("level", 20, value="?").with_columns(
        user=pl.when(pl.int_range(ROWS) == 590).then(pl.lit("who")).otherwise(pl.col("user").cast(pl.String))
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistakes_are_told_alike(case: str, tmp_path: Path, in_chunks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "check_tables", lambda *_: [])  # which looks at the first thousand rows
    compilation = written(tmp_path, "none", MISTAKES[case], SPEC.replace("clip(0, 50) -> ", ""))
    with pytest.raises(SpecError) as near:
        fitted(compilation, None)
    with Scratch(str(tmp_path / "run")) as scratch, pytest.raises(SpecError) as far:
        fitted(compilation, scratch)
    assert str(near.value) == str(far.value)


def test_times_whose_unit_only_all_rows_tell_are_read_as_a_whole(tmp_path: Path, in_chunks: None) -> None:
    times = [1000 + row if row < 300 else 10**12 + row for row in range(ROWS)]  # milliseconds, as the later ones show
    frame = events().with_columns(at=pl.Series(times))
    spec = SPEC.replace('valid="2024-02-01"', 'valid="1999-01-01"')
    compilation = written(tmp_path, frame=frame, spec=spec.replace("SPLIT", 'split = by_time(at, valid="1999-01-01")'))
    with Scratch(str(tmp_path / "run")) as scratch:
        found = fitted(compilation, scratch)
        assert isinstance(found.rows.parts["train"], pl.DataFrame)
        assert {name: part.height for name, part in found.rows.parts.items()} == {"train": 300, "valid": 300}


def test_training_is_bit_equal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Few of the columns: that all kinds are encoded alike is shown above.
    compilation = written(
        tmp_path, spec=SPEC.replace("[@all -> embed(combiner=mean)]", "[[user, tags] -> embed(combiner=mean), age]")
    )
    near = train(compilation, out=str(tmp_path / "near"), verbose=False)
    for module in (streams, encoded):
        monkeypatch.setattr(module, "IN_MEMORY", 0)
        monkeypatch.setattr(module, "CHUNK", 50)
    far = train(compilation, out=str(tmp_path / "far"), verbose=False)
    assert str(near.metrics) == str(far.metrics)  # some are NaN
    assert near.about["rows"] == far.about["rows"]
    for one, other in zip(near.models.model.get_weights(), far.models.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("condition", ["1 == 1", "1 == 2"])
@pytest.mark.parametrize("past", ["past = history(item, by=user, last=3)", ""])
def test_a_condition_without_columns(condition: str, past: str, tmp_path: Path, in_chunks: None) -> None:
    spec = SPEC.replace("  SPLIT", f"  rows = each(events, where={condition})\n  SPLIT")
    compilation = written(tmp_path, spec=spec.replace("  label good", f"  {past}\n  label good"))
    with Scratch(str(tmp_path / "run")) as scratch:
        if condition == "1 == 2":
            with pytest.raises(SpecError, match="no row meets the condition"):
                fitted(compilation, scratch)
            return
        near, far = fitted(compilation, None), fitted(compilation, scratch)
        assert isinstance(far.rows.parts["train"], CachedRows)
        assert [part.height for part in far.rows.parts.values()] == [part.height for part in near.rows.parts.values()]
        for name in near.inputs:
            same(near.inputs[name], far.inputs[name])


SHARED = """rec 1
schema events {
  price : float -> standardize -> quantiles(4)
  level : float -> same(price)
  user  : int   -> vocab
}
data { events = csv("events.csv"), split = random(valid=0.2, seed=3) }
embeddings { dim=2 }
tower x = [price, level] -> embed -> concat
tower q = x -> mlp(2, last=linear)
loss next = q -> softmax(user)
"""


def test_columns_that_share_encoders_are_learned_one_after_the_other(tmp_path: Path, in_chunks: None) -> None:
    # Large numbers that cancel out: their sum depends on the order.
    frame = events().with_columns(price=pl.col("price") * 1e15, level=pl.col("price") * -1e15 + pl.col("level"))
    compilation = written(tmp_path, frame=frame, spec=SHARED)
    near = fitted(compilation, None)
    train = near.rows.parts["train"]
    both = np.concatenate([train["price"].to_numpy(), train["level"].to_numpy()])
    state = near.encoders.features.state()
    assert state["price"][0]["mean"] == both.mean()
    with Scratch(str(tmp_path / "run")) as scratch:
        far = fitted(compilation, scratch)
        assert isinstance(far.rows.parts["train"], CachedRows)
        chunks = list(far.rows.parts["train"].chunks(["price", "level"]))
        mixed = np.concatenate([chunk[name].to_numpy() for chunk in chunks for name in chunk.columns])
        assert both.mean() != mixed.mean()
        assert far.encoders.features.state() == state
        for name in near.inputs:
            same(near.inputs[name], far.inputs[name])


def test_moments_of_blocks_are_those_of_all_numbers() -> None:
    numbers = np.random.default_rng(1).normal(1e4, 0.1, 3 * Standardize.block + 17)
    encoder = Standardize()
    encoder.fit(pl.Series("x", numbers))
    assert encoder.mean == pytest.approx(numbers.mean(), rel=1e-14)
    assert encoder.std == pytest.approx(numbers.std(), rel=1e-9)
    short = Standardize()
    short.fit(pl.Series("x", numbers[: Standardize.block]))
    assert (short.mean, short.std) == (numbers[: Standardize.block].mean(), numbers[: Standardize.block].std())
