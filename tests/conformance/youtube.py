"""Merlin Models' YouTube DNN retrieval model in `.rec`, on the columns of Merlin's `sequence-testing` data."""

from __future__ import annotations

from typing import Any

import numpy as np

# Cardinalities and widths as there: `int_domain.max` + 1 rows, width ceil(2 * rows ** 0.25) rounded up to a multiple of 8.
ROWS = {"test_user_id": 91, "item_id": 101, "categories": 332, "user_country": 63}
WIDTHS = {"test_user_id": 8, "item_id": 8, "categories": 16, "user_country": 8}
ITEMS, LENGTH = ROWS["item_id"], 6

SPEC = """rec 1
model YoutubeDNNRetrievalModelV2
schema rows {
  test_user_id : int         -> index(91)      @input
  item_id      : int         -> index(101)     @item @id
  item_id_seq  : seq(int, 6) -> same(item_id)  @input
  categories   : bag(int)    -> index(332)     @input
  user_country : int         -> index(63)      @input
  user_age     : float       -> standardize    @input
}
embeddings { dim=8, categories(dim=16) }

param candidate          = @item & @id
param top_block          = mlp(8)
param post               = identity
param logits_temperature = 1.0 in log(0.01..10.0)
param num_sampled        = 10  in log(1..10_000)
param min_sampled_id     = 0   in 0..100

tower inputs = @input -> embed(combiner=mean) -> concat
tower query  = inputs -> top_block -> post

loss watch = query -> softmax(candidate, negatives=log_uniform(num_sampled, min_id=min_sampled_id),
                              temperature=logits_temperature, logq=true)
metrics { watch: [recall@10, mrr@10, ndcg@10, map@10, precision@10] }
train { optimizer=rmsprop(1e-3), batch=50 }
"""


def batch(rows: int = 50, seed: int = 0) -> dict[str, Any]:
    """Random inputs: histories of 0 to 6 items, 1 to 3 categories."""
    random = np.random.default_rng(seed)

    def ragged(width: int, size: int, least: int) -> Any:
        ids = random.integers(0, size, (rows, width)).astype("int32")
        lengths = random.integers(least, width + 1, rows)
        return np.where(np.arange(width) < lengths[:, None], ids, -1)

    return {
        "test_user_id": random.integers(0, 91, rows).astype("int32"),
        "item_id_seq": ragged(LENGTH, ITEMS, 0),
        "categories": ragged(3, 332, 1),
        "user_country": random.integers(0, 63, rows).astype("int32"),
        "user_age": random.normal(size=(rows, 1)).astype("float32"),
    }


def pooled(table: Any, ids: Any) -> Any:
    """The mean of the rows at the ids that are there (-1 is padding), zeros without any."""
    there = (ids >= 0).astype("float64")[..., None]
    return (table[np.maximum(ids, 0)] * there).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
