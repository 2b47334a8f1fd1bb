"""Peak memory of training beside what `specc cost` says: a Markdown table. Linux only: it reads /proc.

Each spec is trained for some steps on one synthetic batch, in a process of its own. Measured is the peak of the resident
memory while it is built and trained, less what is resident once everything is imported; `built` is the peak before the first
step. Where the spec stops early, three epochs are trained, each better than the last, so that weights are kept as in training.
Operations run side by side, so a peak differs by some percent from run to run.

    python benchmarks/memory.py [--only NAME ...]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[1]
SPECS = TOP / "benchmarks" / "training" / "specs"
STEPS = 16  # one call of Keras
ADAM = "optimizer=adam(1e-3)"

ROWWISE = "{default: adam(1e-3), tables: rowwise_adagrad(0.01)}"
LARGE = {"rows": 1_000_000, "dim": 64}

BFLOAT16 = "adam(1e-3), precision=bfloat16"
SEVERAL = "{default: adamw(1e-3), tables: ftrl(0.1, weight_decay=0.01), wide: rmsprop(0.1, momentum=0.5, centered=true)}"
STOP = "early_stop(y.auc)"

# name: spec, params, batch, optimizer and what follows it (None: that of the spec, adam)
CASES: dict[str, tuple[str, dict[str, int], int, str | None]] = {
    "ranking, 8 x 1,000,000 rows": ("ranking", LARGE, 4096, None),
    "ranking, 8 x 1,000,000 rows, rowwise_adagrad": ("ranking", LARGE, 4096, ROWWISE),
    "ranking, 8 x 1,000,000 rows, sgd": ("ranking", LARGE, 4096, "sgd(0.1)"),
    "ranking, batches of 65,536": ("ranking", {"rows": 100_000, "dim": 64}, 65_536, None),
    "DLRM, 26 x 200,000 rows": ("dlrm", {"rows": 200_000, "dim": 64}, 4096, None),
    "DLRM, batches of 32,768": ("dlrm", {"rows": 50_000, "dim": 64}, 32_768, None),
    "YouTubeDNN, 2,000,000 rows": ("youtube", {"rows": 2_000_000, "dim": 64}, 1024, None),
    "YouTubeDNN, batches of 16,384": ("youtube", {"rows": 500_000, "dim": 64}, 16_384, None),
    "PLE, 8 tasks, batches of 32,768": ("ple", {"rows": 100_000, "dim": 16}, 32_768, None),
    "ranking, batches of 65,536, bfloat16": ("ranking", {"rows": 100_000, "dim": 64}, 65_536, BFLOAT16),
    "DLRM, batches of 32,768, bfloat16": ("dlrm", {"rows": 50_000, "dim": 64}, 32_768, BFLOAT16),
    "PLE, 8 tasks, batches of 32,768, bfloat16": ("ple", {"rows": 100_000, "dim": 16}, 32_768, BFLOAT16),
    "PLE, 8 tasks, small": ("ple", {"rows": 1_000, "dim": 4}, 64, None),
    "sequences of 50 through a dense layer": ("sequences", {"rows": 100_000}, 4096, None),
    "wide and deep": ("wide", {"rows": 400_000}, 8192, None),
    "wide and deep, batches of 65,536": ("wide", {"rows": 20_000}, 65_536, None),
    "ranking, narrow tables, batches of 65,536": ("ranking", {"rows": 20_000, "dim": 16}, 65_536, None),
    "softmax over 60,000 items": ("full", {}, 512, None),
    "softmax over 60,000 items, batches of 1,024": ("full", {}, 1024, None),
    "softmax over 150,000 items": ("full", {"items": 150_000}, 512, None),
    "27 million dense weights": ("dense", {}, 256, None),
    "27 million dense weights, sgd": ("dense", {}, 256, "sgd(0.1)"),
    "27 million dense weights, adamw": ("dense", {}, 256, "adamw(1e-3)"),
    "27 million dense weights, adamw, all clipped": ("dense", {}, 256, "adamw(1e-3, global_clipnorm=1.0)"),
    "27 million dense weights, early_stop": ("dense", {}, 256, f"adam(1e-3), {STOP}"),
    "2,000 negatives and the batch": ("negatives", {}, 2048, "adagrad(0.1)"),
    "2,000 negatives and the batch, bfloat16": ("negatives", {}, 2048, "adagrad(0.1, clipnorm=1.0), precision=bfloat16"),
    "pairs with 2,000 negatives and the batch": ("pairs", {}, 2048, "adagrad(0.1)"),
    "mixture of experts, several optimizers": ("mixture", {}, 8192, SEVERAL),
}
HERE = {"sequences", "wide", "full", "dense", "negatives", "pairs", "mixture"}  # the others are in SPECS


def spec_text(name: str) -> str:
    """The spec of a case, with its optimizer."""
    spec, _, _, optimizer = CASES[name]
    text = ((TOP / "benchmarks" if spec in HERE else SPECS) / f"{spec}.rec").read_text(encoding="utf-8")
    return text if optimizer is None else text.replace(ADAM, f"optimizer={optimizer}")


def resident(field: str = "VmRSS") -> int:
    """Bytes of this process: now, or with `VmHWM` at most since `forget_peak`."""
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(field))


def forget_peak() -> None:
    """Begins a new peak (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def batch_of(program: Any, batch: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Inputs, labels and weights of a batch: ids drawn evenly from each table."""
    import numpy as np

    random = np.random.default_rng(1)
    owners = {feature.name: feature.same or feature.name for feature in program.data.features}
    (training,) = [network for network in program.networks if network.role == "training"]
    inputs: dict[str, Any] = {}
    for one in program.inputs:
        if one.name not in training.inputs:
            continue
        shape = (batch, *one.shape)
        if one.dtype == "float32":
            inputs[one.name] = random.normal(size=shape).astype("float32")
            continue
        column = one.column or next(o.candidates for o in program.objectives if one.name == f"{o.name}_positive")
        inputs[one.name] = random.integers(1, program.sizes[owners[column]], shape, dtype="int32")
    labels = {o.name: random.integers(0, 2, (batch, 1)).astype("float32") for o in program.objectives}
    return inputs, labels, {name: np.ones(batch, "float32") for name in labels}


def child(name: str) -> None:
    """Trains a case, and prints what it took."""
    import tempfile

    import tensorflow as tf

    import specc
    from specc.backends.keras import build_models
    from specc.run.session import compile_training
    from specc.runtime.training.validation import Validation

    _, sets, batch, _ = CASES[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spec.rec"
        path.write_text(spec_text(name), encoding="utf-8")
        program = specc.program(path, sets=sets)
        said = specc.cost(path, sets=sets, batch=batch).memory
    rows = batch_of(program, batch)
    data = tf.data.Dataset.from_tensors(rows).repeat(STEPS)

    before = resident()
    forget_peak()
    models = build_models(program, grouped=True)
    compile_training(program, models)
    built = resident("VmHWM") - before
    monitor = program.training.monitor
    better = count()
    keep = [] if monitor is None else [Validation(lambda: {monitor: next(better)}, monitor)]
    models.training.fit(data, epochs=3 if keep else 1, shuffle=False, verbose=0, callbacks=keep)
    print(json.dumps({"said": said.total, "built": built, "peak": resident("VmHWM") - before}))


def main() -> None:
    """Measures, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(CASES), help="some of the cases")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args.child)
        return
    print("| spec | said, MB | measured, MB | said / measured | built, MB |\n|---|---|---|---|---|")
    for name in args.only or CASES:
        done = subprocess.run(
            [sys.executable, __file__, "--child", name],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=True,
            cwd=TOP,
            env={"PYTHONPATH": str(TOP), "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", "PATH": ""},
        )
        found = json.loads(done.stdout.splitlines()[-1])
        said, peak = found["said"] / 1e6, found["peak"] / 1e6
        print(f"| {name} | {said:,.0f} | {peak:,.0f} | {said / peak:.2f} | {found['built'] / 1e6:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
