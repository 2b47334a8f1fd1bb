"""Input: rows a second from a file to encoded rows, from those to batches, from the file to a trained model, and from a file
through that model.

    python benchmarks/loading.py [--rows 200000 1000000] [--format parquet] [--runs 5] [--batch 4096] [--no-history]

A file of 4 columns of numbers, 8 of strings or ids (skewed, with a vocabulary to be learned) and one label is written once
for each size; the spec adds a history of at most 20, for which users and items of all rows are in memory at once. Files
beyond 256 MB are read piece by piece, and without a history memory hardly grows with them. Every figure comes from a
process of its own, in turn, with its peak memory: `read` is polars alone on the file (the limit), `encode` reads, splits,
fits the encoders and encodes, `batches` is one epoch of shuffled batches with nothing done with them, `train` the command
`specc train` for one epoch, with all its start-up; beside it, the share of that time in which the model is trained and
measured. `evaluate` and `predict` are these commands on that file.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SPEC = """rec 1
model Loading

schema clicks {{
  I1..I4 : float? -> fill(0) -> standardize
  S1..S4 : string -> vocab(min_count=2)
  C1..C4 : int    -> vocab
{history}  label click : bool
}}
data {{
  clicks = {format}("clicks.{format}")
  split  = random(valid=0.1)
}}
embeddings {{ dim=16 }}

tower deep = @all -> embed(combiner=mean) -> concat -> mlp(64, 32)

head click = deep -> logit
loss click = bce
metrics {{ click: [auc, logloss] }}
train {{ optimizer=adam(1e-3), batch={batch}, epochs=1 }}
"""


HISTORY = "  recent = history(C1, by=C2, last=20)\n"


def write(folder: Path, rows: int, format: str, batch: int, history: bool = True) -> Path:
    """Makes the file and its spec. Returns the spec's path."""
    import numpy as np
    import polars as pl

    rng = np.random.default_rng(1)
    columns: dict[str, Any] = {f"I{i}": rng.standard_normal(rows, dtype=np.float32) for i in range(1, 5)}
    for i in range(1, 5):
        ids = rng.zipf(1.2, rows) % 100_000
        columns[f"S{i}"] = pl.Series(ids).cast(pl.String) + "-value"
        columns[f"C{i}"] = rng.zipf(1.2, rows) % 100_000
    columns["click"] = rng.random(rows) < 0.3
    frame = pl.DataFrame(columns)
    file = folder / f"clicks.{format}"
    frame.write_parquet(file) if format == "parquet" else frame.write_csv(file)
    spec = folder / "loading.rec"
    spec.write_text(SPEC.format(format=format, batch=batch, history=HISTORY if history else ""), encoding="utf-8")
    return spec


def read(spec: Path) -> dict[str, float]:
    """Polars reads the file."""
    import polars as pl

    file = rows_of(spec)
    start = time.perf_counter()
    (pl.read_parquet if file.suffix == ".parquet" else pl.read_csv)(file)
    return {"seconds": time.perf_counter() - start}


def fitted(spec: Path, scratch: Any) -> tuple[Any, Any]:
    """A program and its encoded rows, as `specc train` makes them."""
    from specc.driver import Compilation
    from specc.run.fitting import fit_program
    from specc.run.source_map import SourceMap

    program = Compilation(str(spec)).program
    assert program is not None
    return program, fit_program(program, {}, str(spec.parent), SourceMap(program, {}), scratch)


def encode(spec: Path) -> dict[str, float]:
    """From the file to encoded rows."""
    from specc.run.scratch import Scratch

    start = time.perf_counter()
    with Scratch(str(spec)) as scratch:
        fitted(spec, scratch)
        return {"seconds": time.perf_counter() - start}


def batches(spec: Path) -> dict[str, float]:
    """One epoch of batches of the encoded rows."""
    from specc.run.scratch import Scratch
    from specc.run.session import training_batches

    with Scratch(str(spec)) as scratch:
        made = training_batches(*fitted(spec, scratch)).dataset()
        start = time.perf_counter()
        for _ in made:
            pass
        return {"seconds": time.perf_counter() - start}


def train(spec: Path) -> dict[str, float]:
    """The whole command. Its run stays, for the two that follow."""
    seconds = command("train", str(spec), "--out", str(spec.parent / "run"))
    training = json.loads((spec.parent / "run" / "run.json").read_text(encoding="utf-8"))["seconds"]["training"]
    return {"seconds": seconds, "training": training}


def evaluate(spec: Path) -> dict[str, float]:
    """The whole command, on all rows."""
    return {"seconds": command("evaluate", str(spec.parent / "run"), "--data", f"clicks={rows_of(spec)}")}


def predict(spec: Path) -> dict[str, float]:
    """The whole command."""
    out = str(spec.parent / "out.parquet")
    return {"seconds": command("predict", str(spec.parent / "run"), "--data", f"clicks={rows_of(spec)}", "--out", out)}


def rows_of(spec: Path) -> Path:
    """The file of the rows."""
    return next(file for file in spec.parent.iterdir() if file.stem == "clicks")


def command(*words: str) -> float:
    """The seconds of a command of specc."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "specc", *words], capture_output=True, check=True)
    return time.perf_counter() - start


PARTS = {"read": read, "encode": encode, "batches": batches, "train": train, "evaluate": evaluate, "predict": predict}


def child(part: str, spec: Path) -> None:
    """Measures one part once: prints JSON."""
    found = PARTS[part](spec)
    if part in ("train", "evaluate", "predict"):
        kibibytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    else:  # not `ru_maxrss`, which begins with that of the process that started this one
        status = Path("/proc/self/status").read_text(encoding="utf-8").split()
        kibibytes = int(status[status.index("VmHWM:") + 1])
    print(json.dumps({**found, "peak_bytes": kibibytes * 1024}))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", nargs="+", type=int, default=[200_000, 1_000_000])
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--batch", type=int, default=4096)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=list(PARTS), help="some of the parts; the last two need `train`")
    parser.add_argument("--no-history", action="store_true", help="rows that do not depend on each other")
    parser.add_argument("--child", nargs=2, metavar=("PART", "SPEC"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child is not None:
        child(args.child[0], Path(args.child[1]))
        return
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    print("| rows | | seconds | rows a second | peak GiB |\n|---|---|---|---|---|")
    for rows in args.rows:
        with tempfile.TemporaryDirectory() as folder:
            spec = write(Path(folder), rows, args.format, args.batch, not args.no_history)
            found: dict[str, list[dict[str, float]]] = {part: [] for part in args.only or PARTS}
            for _ in range(args.runs):
                for part, several in found.items():
                    command = [sys.executable, __file__, "--child", part, str(spec)]
                    done = subprocess.run(command, capture_output=True, text=True, check=False)
                    if done.returncode:
                        raise SystemExit(f"{part}: {done.stderr[-2000:]}")
                    several.append(json.loads(done.stdout.splitlines()[-1]))
        for part, several in found.items():
            seconds = statistics.median(run["seconds"] for run in several)
            peak = statistics.median(run["peak_bytes"] for run in several) / 2**30
            shares = [run["training"] / run["seconds"] for run in several if "training" in run]
            note = f", {statistics.median(shares):.0%} of it training" if shares else ""
            print(f"| {rows:,} | {part}{note} | {seconds:.2f} | {rows / seconds:,.0f} | {peak:.2f} |", flush=True)


if __name__ == "__main__":
    main()
