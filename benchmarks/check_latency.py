"""How long `specc check` takes cold, beside `python -c pass` and `python -c "import lark"`: the median of many starts, in turn.

    python benchmarks/check_latency.py [SPEC] [--runs 15]

The target is twice the time of `import lark`. Bytecode is made first, as an installation does for lark and specc alike.
"""

from __future__ import annotations

import argparse
import compileall
import statistics
import subprocess
import sys
import time
from pathlib import Path

import specc

SPECS = Path(__file__).parents[1] / "specs"


def main() -> None:
    """Time the commands in turn, so that a slow moment of the machine meets all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("spec", nargs="?", default=str(SPECS / "census_ple.rec"))
    parser.add_argument("--runs", type=int, default=15)
    args = parser.parse_args()
    compileall.compile_dir(str(Path(specc.__file__).parent), quiet=1)
    commands = {
        "python": [sys.executable, "-c", "pass"],
        "import lark": [sys.executable, "-c", "import lark"],
        "specc check": [sys.executable, "-m", "specc", "check", args.spec],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(args.runs + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            if run:  # the first one warms the disk
                times[name].append(time.perf_counter() - start)
    lark = statistics.median(times["import lark"])
    print(f"{'':12}  {'median ms':>9}  {'min ms':>7}  {'of import lark':>14}")
    for name, found in times.items():
        median = statistics.median(found)
        print(f"{name:12}  {median * 1e3:9.0f}  {min(found) * 1e3:7.0f}  {median / lark:14.2f}")


if __name__ == "__main__":
    main()
