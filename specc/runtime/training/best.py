"""The best candidates of rows, as what the data call them."""

import os
from typing import Any

import numpy as np
import polars as pl

from ..metrics.top_k import TopK


def save_candidates(folder: str, name: str, ids: Any, values: pl.Series, vectors: Any) -> None:
    """Writes the candidates of a loss: ids (n,), rising, what the data call each (n,), and vectors (n, d)."""
    os.makedirs(os.path.join(folder, "candidates"), exist_ok=True)
    table = pl.DataFrame(
        {"id": ids, "value": values, "vector": pl.Series(vectors, dtype=pl.Array(pl.Float32, vectors.shape[1]))}
    )
    table.write_parquet(os.path.join(folder, "candidates", f"{name}.parquet"))


def best_of(folder: str, name: str, queries: Any, top: int) -> list[pl.Series]:
    """The best candidates of a loss for vectors (rows, d), of those that `save_candidates` wrote: `best_lists`."""
    table = pl.read_parquet(os.path.join(folder, "candidates", f"{name}.parquet"), glob=False, hive_partitioning=False)
    ids = table["id"].to_numpy()
    best, scores = TopK(table["vector"].to_numpy(), ids, min(top, len(ids)))(queries)
    return best_lists(name, best, scores, ids, table["value"])


def best_lists(name: str, ids: Any, scores: Any, candidate_ids: Any, values: pl.Series) -> list[pl.Series]:
    """The best candidates of rows as lists of values and of scores: ids and scores (rows, k), -1 where there are fewer."""
    place = np.searchsorted(candidate_ids, ids.reshape(-1))
    there = ids.reshape(-1) >= 0
    flat = pl.DataFrame(
        {
            "row": np.repeat(np.arange(len(ids)), ids.shape[1])[there],
            "value": values.gather(place[there]),
            "score": scores.reshape(-1)[there].astype("float32"),
        }
    )
    lists = flat.group_by("row", maintain_order=True).agg("value", "score")
    return [lists["value"].alias(name), lists["score"].alias(f"{name}.score")]
