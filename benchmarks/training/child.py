"""One contender on one work, in a process of its own: prints a line of JSON.

python -m benchmarks.training.child CONTENDER WORK [--rows 100000] [--dim 64] [--seconds 8] [--steps 200]
"""

from __future__ import annotations

import argparse
import importlib
import json

from benchmarks.training.clock import Clock
from benchmarks.training.contenders import CONTENDERS
from benchmarks.training.machine import peak_bytes
from benchmarks.training.works import WORKS, data


def main() -> None:
    """Make the data, train, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("contender", choices=CONTENDERS)
    parser.add_argument("work", choices=WORKS)
    parser.add_argument("--rows", type=int, default=100_000, help="of each table")
    parser.add_argument("--dim", type=int, default=None)
    parser.add_argument("--seconds", type=float, default=8.0, help="of steps that are timed")
    parser.add_argument("--steps", type=int, default=200, help="at most")
    args = parser.parse_args()
    work = WORKS[args.work].sized(args.rows, args.dim)
    arrays = data(work, batches=args.steps)
    clock = Clock(args.seconds)
    module = importlib.import_module(f"benchmarks.training.{CONTENDERS[args.contender].module}")
    versions = module.train(work, args.contender, arrays, clock)
    print(json.dumps({**clock.result(), "peak_bytes": peak_bytes(), "versions": versions}), flush=True)


if __name__ == "__main__":
    main()
