"""A step is traced once: no Python runs a batch, and none an epoch."""

from pathlib import Path

import polars as pl
import pytest

import specc
from specc.run.session import Log
from specc.runtime.layers.embedding import Embedding

SPEC = """rec 1
model M
schema views {
  user : int -> vocab @user
  item : int -> vocab @item
  ts   : time
  seen = history(item, by=user, last=4) @user
  label liked : bool
}
data { views=parquet("views.parquet"), split=leave_last(by=user) }
embeddings { dim=4 }
tower query = @user -> embed(combiner=mean) -> concat -> mlp(4)
head liked = [query, item -> embed] -> concat -> dropout(0.1) -> logit
loss liked = bce
loss next = query -> softmax(item, negatives=[uniform(3)])
metrics { liked: [auc], next: [recall@3, ndcg@3] }
train { optimizer=adam(1e-2), batch=7, epochs=4, seed=1, early_stop(next.ndcg@3, patience=5) }
"""


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_no_epoch_but_the_first_traces_anything(precision, tmp_path: Path, monkeypatch) -> None:
    def vectors(self, ids):
        calls.append(self.name)
        return looked_up(self, ids)

    def on_epoch_end(self, epoch, logs=None):
        after.append(len(calls))
        ended(self, epoch, logs)

    calls, after = [], []
    looked_up, ended = Embedding.vectors, Log.on_epoch_end
    monkeypatch.setattr(Embedding, "vectors", vectors)
    monkeypatch.setattr(Log, "on_epoch_end", on_epoch_end)
    rows = [{"user": i % 11, "item": i * 7 % 13, "ts": i, "liked": i % 3 == 0} for i in range(300)]
    pl.DataFrame(rows).write_parquet(tmp_path / "views.parquet")  # 278 rows to train on: 40 batches, of which the last has 5
    (tmp_path / "m.rec").write_text(SPEC.replace("batch=7", f"batch=7, precision={precision}"))
    specc.train(tmp_path / "m.rec", out=str(tmp_path / "run"), verbose=False)
    assert after[0] > 0
    assert after == [after[0]] * 4
