"""Peak memory of training beside what `specc cost` says: a Markdown table. Linux only, as `specc cost --measure`.

Operations run side by side, so a peak differs by some percent from run to run.

    python benchmarks/memory.py [--only NAME ...]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[1]
SPECS = TOP / "benchmarks" / "training" / "specs"
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


def measured(name: str) -> Any:
    """The report on a case, with what its steps took."""
    import specc

    _, sets, batch, _ = CASES[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spec.rec"
        path.write_text(spec_text(name), encoding="utf-8")
        return specc.cost(path, sets=sets, batch=batch, measure=True)


def main() -> None:
    """Measures, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(CASES), help="some of the cases")
    args = parser.parse_args()
    print("| spec | said, MB | measured, MB | said / measured | ms a step |\n|---|---|---|---|---|")
    for name in args.only or CASES:
        report = measured(name)
        said, peak = report.memory.total / 1e6, report.measured.peak / 1e6
        print(f"| {name} | {said:,.0f} | {peak:,.0f} | {said / peak:.2f} | {report.measured.step_ms:,.1f} |", flush=True)


if __name__ == "__main__":
    main()
