"""Rows of large files whose histories are made when they are read back: the same as with all rows in memory."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from specc.diagnostics.errors import SpecError
from specc.run import encoded, evaluate, predict, streams, train, write_predictions
from specc.run.encoded import encode_part
from specc.run.fitting import with_seen
from specc.run.row_cache import CachedRows, in_frame
from specc.run.scratch import Scratch

from .test_rows_in_chunks import ROWS, events, fitted, same, written

SPEC = """rec 1
schema events {
  user   : int                     -> vocab
  item   : int                     -> vocab(max_size=20)
  small  : int                     -> index(5)
  price  : float                   -> clip(0, 50) -> standardize
  w      : float
  at     : time
  label good : bool?
  liked  = good & (w > 0.3)        -> fill(false) -> index(2)
  recent = history(item, price, by=user, last=4, where=small > 0)
  lately = history(item, by=user, last=3, within="20d", lag="1d")
  likes  = history(item, by=user, where=good)
  shared = history(item, by=user, last=2, where=color == "r")
}
schema items(key=item) {
  color  : string -> vocab
}
data {
  events = csv("events.csv")
  items  = csv("items.csv")
  SPLIT
}
embeddings { dim=2 }
tower x = [[user, item, small, liked, likes, color, shared, lately] -> embed(combiner=mean), price] -> concat
tower past = [recent.item -> embed, recent.price] -> concat -> mean
head good = [x, past] -> concat -> logit
tower q = likes -> embed(combiner=mean) -> dense(2)
loss good = bce
loss next = q -> softmax(item)
metrics { good: [auc, auc(by=user)], next: [recall@5, recall@3(seen=remove), mrr@4(seen=remove)] }
train { batch=64, epochs=1, seed=3, optimizer=adam(0.01) }
"""
SPLITS = {
    "last": "split = leave_last(by=user, valid=1, test=1)",
    "time": 'split = by_time(at, valid="2024-02-01", train="2024-01-03")',
    "chosen": "rows = each(events, where=small > 1)\n  split = random(valid=0.2, seed=1)",
    "newest": "rows = last(events, by=user)\n  split = random(valid=0.2, seed=1)",
}


def made(folder: Path, split: str = "last", frame: pl.DataFrame | None = None) -> Any:
    return written(folder, frame=frame, spec=SPEC.replace("SPLIT", SPLITS[split]))


@pytest.fixture
def in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is a large one."""
    monkeypatch.setattr(streams, "IN_MEMORY", 0)
    monkeypatch.setattr(streams, "CHUNK", 37)
    monkeypatch.setattr(encoded, "IN_MEMORY", 0)


@pytest.mark.parametrize("split", SPLITS)
def test_rows_are_those_of_reading_as_a_whole(split: str, tmp_path: Path, in_chunks: None) -> None:
    compilation = made(tmp_path, split)
    near = fitted(compilation, None)
    program = compilation.program
    with Scratch(str(tmp_path / "run")) as scratch:
        far = fitted(compilation, scratch)
        assert near.sizes == far.sizes
        assert near.encoders.features.state() == far.encoders.features.state()
        for ones, others in ((near.inputs, far.inputs), (near.labels, far.labels), (near.weights, far.weights)):
            assert list(ones) == list(others)
            for name in ones:
                same(ones[name], others[name])
        assert list(near.rows.parts) == list(far.rows.parts)
        for part, rows in near.rows.parts.items():
            cached = far.rows.parts[part]
            assert isinstance(cached, CachedRows)
            frame = with_seen(program, near.rows, rows)
            inputs = encode_part(f"measured {part}", replace(cached, seen=True), far.encoders, {}, scratch)[0]
            expected = near.encoders.encode_rows(frame)
            assert "item.seen" in expected
            assert set(expected) == set(inputs)
            for name, array in expected.items():
                same(array, inputs[name])
            light = in_frame(program, cached)
            assert light.equals(frame.select(light.columns))


def test_a_run_is_measured_and_used_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = train(made(tmp_path), out=str(tmp_path / "near"), verbose=False)
    near, frame = evaluate(run), predict(run)
    monkeypatch.setattr(streams, "IN_MEMORY", 0)
    monkeypatch.setattr(streams, "CHUNK", 37)
    monkeypatch.setattr(encoded, "IN_MEMORY", 0)
    arranged = list[str]()
    whole = "specc.run.{}.build_rows"
    for module in ("fitting", "predicting"):
        monkeypatch.setattr(whole.format(module), lambda *_: arranged.append("as a whole"))
    far = train(made(tmp_path), out=str(tmp_path / "far"), verbose=False)
    for one, other in zip(run.models.model.get_weights(), far.models.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert str(far.metrics) == str(run.metrics)
    assert str(evaluate(run)) == str(near)
    assert write_predictions(run, tmp_path / "out.parquet") == ROWS
    assert pl.read_parquet(tmp_path / "out.parquet").equals(frame)
    assert frame.columns[:6] == ["user", "item", "small", "price", "w", "at"]
    assert arranged == []


@pytest.mark.parametrize(("column", "value"), [("at", ""), ("item", "x"), ("small", "9")])
def test_mistakes_are_told_alike(
    column: str, value: str, tmp_path: Path, in_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("specc.run.fitting.check_tables", lambda *_: [])  # which looks at the first thousand rows
    frame = events().with_columns(pl.col(column).cast(pl.String))
    wrong = pl.when(pl.int_range(ROWS).is_in([400, 500])).then(pl.lit(value)).otherwise(pl.col(column))
    compilation = made(tmp_path, frame=frame.with_columns(wrong.alias(column)))
    with pytest.raises(SpecError) as near:
        fitted(compilation, None)
    with Scratch(str(tmp_path / "run")) as scratch, pytest.raises(SpecError) as far:
        fitted(compilation, scratch)
    assert str(near.value) == str(far.value)
