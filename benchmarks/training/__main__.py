"""Milliseconds a training step: specc beside Keras, keras-rs and PyTorch by hand, on the same rows, in one group of processes.

    python -m benchmarks.training [--works ranking dlrm] [--contenders specc torch-sparse] [--rows 10000 1000000] [--dim 16]
                                  [--runs 5] [--seconds 8] [--steps 200] [--out results.json]

Each contender runs in a process of its own, and all of a work run in turn, so that a slow moment of the machine meets all of
them. A contender that would not fit into memory is left out, and the table says so. Exit code 1 where a contender fails or
learns something else than the reference. `torch` and `keras-rs` must be installed for those that use them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.training.contenders import CONTENDERS
from benchmarks.training.machine import copy_bandwidth, describe, free_bytes
from benchmarks.training.report import disagreements, head, table, title
from benchmarks.training.works import ROWS, WORKS, Work

ROOT = Path(__file__).resolve().parents[2]


def run(contender: str, work: Work, seconds: float, steps: int) -> dict[str, Any]:
    """One process. Raises RuntimeError with the end of what it said where it fails."""
    command = [sys.executable, "-m", "benchmarks.training.child", contender, work.name]
    command += ["--rows", str(work.rows), "--dim", str(work.dim), "--seconds", str(seconds), "--steps", str(steps)]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"exit code {done.returncode}\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(work: Work, names: list[str], args: argparse.Namespace) -> tuple[dict[str, list[dict[str, Any]]], dict[str, str]]:
    """The runs of each contender, and why others have none."""
    runs: dict[str, list[dict[str, Any]]] = {}
    missing: dict[str, str] = {}
    for name in names:
        need = CONTENDERS[name].bytes(work)
        if need > free_bytes():
            missing[name] = f"needs {need / 2**30:.0f} GiB"
    for turn in range(args.runs):
        for name in names:
            if name in missing or (CONTENDERS[name].one and work.tables == 1):
                continue
            try:
                found = run(name, work, args.seconds, args.steps)
            except RuntimeError as error:
                print(f"{name} on {title(work)}: {error}", file=sys.stderr)
                missing[name] = "failed"
                runs.pop(name, None)
                continue
            runs.setdefault(name, []).append(found)
            print(f"  {work.name} {work.rows:,} run {turn + 1} {name}: {found['seconds'] * 1e3:.1f} ms", file=sys.stderr)
    return runs, missing


def main() -> int:
    """Measure, print, write. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--works", nargs="+", choices=WORKS, default=list(WORKS))
    parser.add_argument("--contenders", nargs="+", choices=CONTENDERS, default=list(CONTENDERS))
    parser.add_argument("--rows", nargs="+", type=int, help="rows of a table; by default those of each work")
    parser.add_argument("--dim", type=int, help="width of a vector, for tables that would not fit otherwise")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8.0, help="of timed steps in a run")
    parser.add_argument("--steps", type=int, default=200, help="of a run at most, the first ones not timed")
    parser.add_argument("--reference", choices=CONTENDERS, default="specc", help="what ratios are to")
    parser.add_argument("--out", type=Path, help="a JSON file with every run")
    args = parser.parse_args()
    bandwidth = copy_bandwidth()
    machine = describe(bandwidth)
    print(head(machine, args.runs), flush=True)
    results, wrong = [], []
    for name in args.works:
        for rows in args.rows or ROWS[name]:
            work = WORKS[name].sized(rows, args.dim)
            runs, missing = measure(work, args.contenders, args)
            print("\n" + table(work, runs, missing, args.reference, bandwidth), flush=True)
            wrong += [f"{title(work)}: {text}" for text in disagreements(runs, args.reference)]
            wrong += [f"{title(work)}: {one} failed" for one, why in missing.items() if why == "failed"]
            results.append({"work": name, "rows": rows, "dim": work.dim, "runs": runs, "missing": missing})
            if args.out is not None:
                text = json.dumps({"machine": machine, "command": sys.argv[1:], "results": results}, indent=1)
                args.out.write_text(text + "\n", encoding="utf-8")
    for text in wrong:
        print(text, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
