"""The works: what is trained, on which data, in which sizes. Every contender reads them here, and needs NumPy alone for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Work:
    """A model and the sizes of its data.

    rows: of each table. tables: how many; the columns of ids are as many. dim: width of a vector. numbers: columns of numbers.
    history: ids of a row's history, which reads the table of the candidates. negatives: that a softmax samples for the batch.
    tasks: labels of a row. bottom, top: hidden widths of the dense parts; what an MLP is called by its papers.
    """

    name: str
    title: str
    rows: int
    tables: int
    dim: int
    batch: int
    bottom: tuple[int, ...] = ()
    top: tuple[int, ...] = ()
    numbers: int = 0
    history: int = 0
    negatives: int = 0
    tasks: int = 1
    experts: int = 2
    levels: int = 2

    @property
    def table_bytes(self) -> int:
        """Of all tables, float32."""
        return self.rows * self.tables * self.dim * 4

    @property
    def lookups(self) -> int:
        """Vectors that one step reads."""
        candidates = self.batch + self.negatives if self.negatives else 0
        return self.batch * (self.history or self.tables) + candidates

    def sized(self, rows: int, dim: int | None) -> Work:
        """The same with other tables."""
        return replace(self, rows=rows, dim=dim or self.dim)


WORKS = {
    work.name: work
    for work in (
        Work("ranking", "ranking MLP", rows=100_000, tables=8, dim=64, batch=4096, top=(256, 128, 64)),
        Work("dlrm", "DLRM", rows=100_000, tables=26, dim=64, batch=4096, numbers=13, bottom=(512, 256, 64), top=(512, 256)),
        Work(
            "youtube", "YouTubeDNN", rows=100_000, tables=1, dim=64, batch=1024, history=50, negatives=100, top=(256, 128, 64)
        ),
        Work("ple", "PLE, 8 tasks", rows=100_000, tables=16, dim=16, batch=4096, tasks=8, bottom=(64,), top=(32,)),
    )
}
# What is run when nobody says otherwise: the sizes of tables that fit in 24 GiB with a dense Adam.
ROWS = {"ranking": (10_000, 100_000, 1_000_000), "dlrm": (100_000,), "youtube": (100_000, 1_000_000), "ple": (100_000,)}


def bits(ids: Array) -> Array:
    """Of each id a random bit, always the same one, as -1 or 1: what a table has to learn by heart."""
    mixed = ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return ((mixed >> np.uint64(40)) & np.uint64(1)).astype(np.float32) * 2 - 1


def data(work: Work, batches: int, seed: int = 1) -> dict[str, Array]:
    """Rows for some batches, the same for every contender: `ids` int32 (rows, tables) and `numbers` float32, or `history` and
    `positive`, and `labels` float32 (rows, tasks).

    Ids are uniform, so that a step meets as many rows of the tables as it can. Labels can be learned.
    """
    rng, rows = np.random.default_rng(seed), batches * work.batch
    if work.history:
        history = rng.integers(0, work.rows, (rows, work.history), dtype=np.int32)
        liked = work.rows // 10  # a tenth of the items is all that anybody takes
        return {"history": history, "positive": rng.integers(0, liked, rows, dtype=np.int32)}
    found: dict[str, Array] = {"ids": rng.integers(0, work.rows, (rows, work.tables), dtype=np.int32)}
    scores = np.zeros((rows, work.tasks), np.float32)
    for task in range(work.tasks):
        for column in range(task, work.tables, 3):
            scores[:, task] += bits(found["ids"][:, column])
    if work.numbers:
        found["numbers"] = rng.standard_normal((rows, work.numbers), dtype=np.float32)
        scores[:, 0] += found["numbers"] @ np.linspace(-1, 1, work.numbers, dtype=np.float32)
    chance = 1 / (1 + np.exp(-2 * scores))
    found["labels"] = (rng.random((rows, work.tasks), dtype=np.float32) < chance).astype(np.float32)
    return found
