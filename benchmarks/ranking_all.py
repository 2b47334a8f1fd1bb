"""Evaluation over the full catalogue: users a second of specc's exact ranks and of its best ten, beside NumPy by brute force.

    python benchmarks/ranking_all.py [--users 4096] [--items 10000 100000] [--dim 64] [--runs 5]

The limit is the matrix product alone. Brute force is the product in blocks of 256 users and a full sort of each row
(`argsort`), or, as an expert writes it, a count of what scores above the target. All of them must find the same ranks; specc
also counts what ties with each target. The ten best by brute force are `argpartition` of the same blocks. What specc does
once for a catalogue, whatever the number of users, is a line of its own: looking for equal candidates. In turn, medians.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from specc.runtime.metrics.ranks import Catalogue
from specc.runtime.metrics.top_k import TopK

BLOCK = 256  # users
TOP = 10


def product(query: Any, items: Any, targets: Any) -> Any:
    """The limit: the scores, and nothing of them."""
    for begin in range(0, len(query), BLOCK):
        query[begin : begin + BLOCK] @ items.T


def counted(query: Any, items: Any, targets: Any) -> Any:
    """The rank of each target, from 0: how many items score above it."""
    ranks = np.empty(len(query), np.int64)
    for begin in range(0, len(query), BLOCK):
        scores = query[begin : begin + BLOCK] @ items.T
        own = np.take_along_axis(scores, targets[begin : begin + BLOCK, None], 1)
        ranks[begin : begin + BLOCK] = (scores > own).sum(1)
    return ranks


def sorted_all(query: Any, items: Any, targets: Any) -> Any:
    """The same by sorting every row."""
    ranks = np.empty(len(query), np.int64)
    for begin in range(0, len(query), BLOCK):
        order = np.argsort(-(query[begin : begin + BLOCK] @ items.T), axis=1)
        ranks[begin : begin + BLOCK] = (order == targets[begin : begin + BLOCK, None]).argmax(1)
    return ranks


def partitioned(query: Any, items: Any, targets: Any) -> Any:
    """The ten best items, best first."""
    best = np.empty((len(query), TOP), np.int64)
    for begin in range(0, len(query), BLOCK):
        scores = query[begin : begin + BLOCK] @ items.T
        columns = np.argpartition(scores, -TOP, axis=1)[:, -TOP:]
        order = np.argsort(-np.take_along_axis(scores, columns, 1), axis=1)
        best[begin : begin + BLOCK] = np.take_along_axis(columns, order, 1)
    return best


class Specc:
    """specc's: `start` is done once for a catalogue."""

    def __init__(self) -> None:
        self.catalogue: Any = None
        self.best: Any = None
        self.seconds = list[float]()

    def start(self, items: Any) -> None:
        """Makes the catalogue ready."""
        start = time.perf_counter()
        self.catalogue = Catalogue(items, np.arange(len(items)))
        self.seconds.append(time.perf_counter() - start)
        self.best = TopK(items, np.arange(len(items)), TOP)

    def top(self, query: Any, items: Any, targets: Any) -> Any:
        """The ten best items."""
        return self.best(query)[0]

    def __call__(self, query: Any, items: Any, targets: Any) -> Any:
        """The ranks."""
        return self.catalogue.ranks(query, targets).above


SPECC = Specc()
CONTENDERS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "matrix product alone": product,
    "specc, exact": SPECC,
    "NumPy, counted": counted,
    "NumPy, sorted": sorted_all,
    "specc, ten best": SPECC.top,
    "NumPy, ten best": partitioned,
}


def main() -> int:
    """Print the tables. Returns 1 where ranks differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=4096)
    parser.add_argument("--items", nargs="+", type=int, default=[10_000, 100_000])
    parser.add_argument("--dim", type=int, default=64)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    wrong = False
    print("| items | | users a second | to specc |\n|---|---|---|---|")
    for count in args.items:
        rng = np.random.default_rng(1)
        query = rng.standard_normal((args.users, args.dim), dtype=np.float32)
        items = rng.standard_normal((count, args.dim), dtype=np.float32)
        targets = rng.integers(0, count, args.users)
        seconds: dict[str, list[float]] = {name: [] for name in CONTENDERS}
        ranks: dict[str, Any] = {}
        SPECC.seconds.clear()
        for run in range(args.runs + 1):
            SPECC.start(items)
            for name, function in CONTENDERS.items():
                if name == "NumPy, sorted" and run > 1:  # some ten times slower: once is enough
                    continue
                start = time.perf_counter()
                ranks[name] = function(query, items, targets)
                if run:  # the first one warms up
                    seconds[name].append(time.perf_counter() - start)
        rates = {name: args.users / statistics.median(found) for name, found in seconds.items()}
        for name, rate in rates.items():
            print(f"| {count:,} | {name} | {rate:,.0f} | {rate / rates['specc, exact']:.2f} |", flush=True)
        start = statistics.median(SPECC.seconds)
        print(f"| {count:,} | specc, once for a catalogue | {start:.3f} s | |", flush=True)
        # Another order of the sums may swap two scores that are equal but for their last bits.
        away = np.abs(ranks["specc, exact"] - ranks["NumPy, counted"])
        if (away > 2).any() or (away > 0).mean() > 0.01:
            print(f"{count:,} items: the ranks of {(away > 0).sum()} users differ, by up to {away.max()}", file=sys.stderr)
            wrong = True
        if (differ := np.mean(ranks["specc, ten best"] != ranks["NumPy, ten best"])) > 0.01:
            print(f"{count:,} items: {differ:.1%} of the best differ", file=sys.stderr)
            wrong = True
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"\n{args.users:,} users, dim {args.dim}; peak memory {peak:.1f} GiB, most of it the brute force's.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
