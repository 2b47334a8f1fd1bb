"""A limit: the rows of each step's ids read once and written once, by NumPy on all cores, and nothing else.

The tables are one below the other, each row of a step is met once however often its id occurs, and which rows these are is
known before. What it takes depends on the size of the tables: on how many of the rows are still in a cache.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from benchmarks.training.clock import Clock
from benchmarks.training.works import Array, Work


def rows_of_steps(work: Work, arrays: dict[str, Array]) -> list[Array]:
    """Of each batch the rows that it looks up, each once, int64, in no order that memory has."""
    rng = np.random.default_rng(1)
    if work.history:
        columns = np.concatenate([arrays["history"], arrays["positive"][:, None]], axis=1)
    else:
        columns = arrays["ids"] + np.arange(work.tables, dtype=np.int64) * work.rows
    found = []
    for start in range(0, len(columns), work.batch):
        negatives = rng.integers(0, work.rows, work.negatives)
        rows = np.unique(np.concatenate([columns[start : start + work.batch].reshape(-1), negatives]))
        found.append(rng.permutation(rows))
    return found


def train(work: Work, contender: str, arrays: dict[str, Array], clock: Clock) -> dict[str, str]:
    """Reads and writes until the clock has enough. Returns versions."""
    table = np.ones((work.rows * work.tables, work.dim), np.float32)
    cores = len(os.sched_getaffinity(0))
    steps = [np.array_split(rows, cores) for rows in rows_of_steps(work, arrays)]
    vectors = [np.empty((work.lookups, work.dim), np.float32) for _ in range(cores)]

    def move(rows: Array, own: Array) -> None:
        read = own[: len(rows)]
        np.take(table, rows, axis=0, out=read, mode="clip")  # another mode would copy once more
        table[rows] = read

    with ThreadPoolExecutor(cores) as pool:
        done, enough = 0, False
        while not enough:
            list(pool.map(move, steps[done % len(steps)], vectors))
            done += 1
            enough = clock.tick(done, 0.0)
    return {"numpy": np.__version__}
