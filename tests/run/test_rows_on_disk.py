"""Rows that are larger than memory should be: kept on disk while a model trains, with the same results."""

import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from specc.diagnostics.errors import SpecError
from specc.driver import Compilation
from specc.run import encoded, train
from specc.run.column_files import ColumnFile, Store, write_arrow
from specc.run.mapped import MappedBatches, columns
from specc.run.scratch import Scratch
from specc.runtime.features.batches import Batches
from specc.runtime.features.ragged import Ragged

from .tables import ratings

ROWS = 1000


def arrays(rows: int = ROWS) -> dict[str, Any]:
    """Columns of every kind."""
    rng = np.random.default_rng(1)
    lengths = rng.integers(0, 5, rows)
    lengths[:40] = 0
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    total = int(offsets[-1])
    return {
        "narrow": rng.integers(0, 200, rows).astype(np.int32),
        "wide": rng.integers(0, 60_000, rows).astype(np.int32),
        "hashed": rng.integers(0, 2**31 - 1, rows).astype(np.int32),
        "signed": rng.integers(-1, 5, rows).astype(np.int32),
        "number": rng.standard_normal(rows).astype(np.float32),
        "vector": rng.standard_normal((rows, 3)).astype(np.float32),
        "bag": Ragged(rng.integers(0, 300, total).astype(np.int32), offsets),
        "seq": Ragged(rng.standard_normal(total).astype(np.float32), offsets, 6),
    }


SIZES = {"narrow": 200, "wide": 60_000, "hashed": 2**31 - 1, "bag": 300}


def stored(folder: Path, given: dict[str, Any], step: int) -> dict[str, ColumnFile]:
    """Written in pieces of `step` rows."""
    folder.mkdir()
    store = Store(str(folder), SIZES)
    for start in range(0, ROWS, step):
        store.append({name: array[np.arange(start, min(start + step, ROWS))] for name, array in given.items()})
    return store.close()


@pytest.mark.parametrize("step", [7, 300, 2000])
def test_stored_columns_are_those_that_were_written(step: int, tmp_path: Path) -> None:
    given = arrays()
    found = stored(tmp_path / "rows", given, step)
    held = {name: column.values.dtype for name, column in found.items()}
    assert held == {
        "narrow": "uint8", "wide": "uint16", "hashed": "int32", "signed": "int32", "number": "float32", "vector": "float32",
        "bag": "uint16", "seq": "float32",
    }  # fmt: skip
    for name, array in given.items():
        again = found[name].array()
        assert len(found[name]) == ROWS
        if isinstance(array, Ragged):
            np.testing.assert_array_equal(again.offsets, array.offsets)
            array, again = array.values, again.values
        assert again.dtype == array.dtype
        np.testing.assert_array_equal(again, array)
        assert found[name].values.ctypes.data % 64 == 0
        found[name].release()
        np.testing.assert_array_equal(found[name].values.reshape(-1), array.reshape(-1))
    assert os.listdir(tmp_path / "rows") == []  # nothing to be left there, whatever happens


def test_files_are_arrow_files(tmp_path: Path) -> None:
    for values in (np.arange(5, dtype=np.uint8), np.arange(1001, dtype=np.float32)):
        path = str(tmp_path / "x.arrow")
        write_arrow(path, values)
        with pa.memory_map(path) as file:
            table = pa.ipc.open_file(file).read_all()
            np.testing.assert_array_equal(table["values"].to_numpy(), values)
            (values_buffer,) = table["values"].chunk(0).buffers()[1:]
            assert values_buffer.address % 64 == 0


@pytest.mark.parametrize("shuffle", [False, True])
def test_batches_are_those_of_arrays_in_memory(shuffle: bool, tmp_path: Path) -> None:
    given = arrays()
    options: dict[str, Any] = {"batch": 32, "shuffle": shuffle, "seed": 5, "window": 200}
    near = Batches(given, {"y": given["number"]}, {"y": given["number"]}, **options)
    far_columns = columns(stored(tmp_path / "rows", given, 300))
    far = MappedBatches(far_columns, {"y": far_columns["number"]}, {"y": far_columns["number"]}, **options)
    orders = []
    for epoch in (0, 1):
        near.on_epoch_begin(epoch)
        far.on_epoch_begin(epoch)
        pairs = list(zip(near.dataset(), far.dataset(), strict=True))
        assert len(pairs) == -(-ROWS // 32)
        for ones, others in pairs:
            for one, other in zip(ones, others, strict=True):
                assert list(one) == list(other)
                for name in one:
                    assert one[name].dtype == other[name].dtype
                    np.testing.assert_array_equal(one[name], other[name])
        orders.append(np.concatenate([pair[1][0]["hashed"] for pair in pairs]))
    np.testing.assert_array_equal(np.sort(orders[0]), np.sort(given["hashed"]))
    assert (orders[0] == orders[1]).all() != shuffle


SPEC = """rec 1
schema ratings {
  user_id   : int -> vocab
  movie_id  : int -> vocab(min_count=2)
  rating    : float
  timestamp : time
  past  = history(movie_id, by=user_id, last=5)
  label good = rating >= 3
}
data {
  ratings = parquet("ratings.parquet")
  split   = random(valid=0.2, seed=3)
}
embeddings { dim=4 }
tower x = [[user_id, movie_id] -> embed, past -> embed -> mean] -> concat -> mlp(8)
head good = x -> logit
tower q = past -> embed -> mean
loss good = bce
loss next = q -> softmax(movie_id, negatives=uniform(3))
metrics { good: auc, next: recall@5 }
train { optimizer=adam(0.01), batch=32, epochs=2, seed=4 }
"""


def trained(folder: Path, out: str) -> Any:
    return train(Compilation(str(folder / "x.rec")), out=str(folder / out), verbose=False)


def test_training_is_bit_equal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ratings().write_parquet(tmp_path / "ratings.parquet")
    (tmp_path / "x.rec").write_text(SPEC)
    near = trained(tmp_path, "near")
    monkeypatch.setattr(encoded, "IN_MEMORY", 0)
    monkeypatch.setattr(encoded, "CHUNK", 50)
    kept = list[str]()
    close = Store.close
    monkeypatch.setattr(Store, "close", lambda store: kept.append(store.folder) or close(store))
    far = trained(tmp_path, "far")
    assert len(kept) == 9  # inputs, labels and weights of train, valid and test
    assert sorted(os.listdir(tmp_path)) == ["far", "near", "ratings.parquet", "x.rec"]
    assert near.metrics == far.metrics
    for one, other in zip(near.models.model.get_weights(), far.models.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_full_disk_is_told_and_nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ratings().write_parquet(tmp_path / "ratings.parquet")
    (tmp_path / "x.rec").write_text(SPEC)
    monkeypatch.setattr(encoded, "IN_MEMORY", 0)

    def full(store: Store, given: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("specc.run.column_files._File.write", full)
    with pytest.raises(SpecError) as caught:
        train(Compilation(str(tmp_path / "x.rec")), out=str(tmp_path / "new" / "run"), verbose=False)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "REC722"
    assert "No space left on device" in diagnostic.message
    assert any("--out" in line for line in diagnostic.help)
    assert sorted(os.listdir(tmp_path)) == ["ratings.parquet", "x.rec"]


def test_scratch_is_made_when_it_is_needed(tmp_path: Path) -> None:
    with Scratch(str(tmp_path / "runs" / "one")) as scratch:
        assert os.listdir(tmp_path) == []
        assert os.path.dirname(scratch.folder) == str(tmp_path / "runs")
        assert os.path.basename(scratch.folder).startswith(".specc-rows-")
        (tmp_path / "runs" / "one").mkdir()
    assert os.listdir(tmp_path / "runs") == ["one"]
