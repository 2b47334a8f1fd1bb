"""How long a long spec takes to check: parse and resolve, at 2,500, 5,000 and 10,000 lines, each in a fresh process, in turn.

    python benchmarks/parsing.py [--lines 2500 5000 10000] [--runs 5]

The target: 10,000 lines in under 5 seconds, and time that is linear in the length: from half the lines to all of them at most
2.5 times. The spec has as many columns, towers, heads and losses as its length asks for, each tower reading the one before.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time

GOAL_SECONDS = 5.0
GOAL_GROWTH = 2.5  # for twice the lines; 2 is linear
LINES_EACH = 6


def long_spec(lines: int) -> str:
    """A spec of about as many lines, without mistakes."""
    count = max(1, (lines - 12) // LINES_EACH)
    columns, towers, heads = [], [], []
    for i in range(count):
        columns += [f"  c{i} : int -> index(1000)", f"  label y{i} : bool"]
        source = f"[c{i} -> embed, t{i - 1}] -> concat" if i else "c0 -> embed"
        towers += [f"# The tower of column {i}.", f"tower t{i} = {source} -> mlp(32, 16)"]
        heads += [f"head y{i} = t{i} -> logit", f"loss y{i} = bce(weight=0.5)"]
    begin = ["rec 1", "model Long", "", "schema clicks {", *columns, "}", 'data { clicks = csv("clicks.csv") }']
    return "\n".join([*begin, "embeddings { dim=16 }", *towers, *heads, "train { optimizer=adam(1e-3) }", ""])


def child(lines: int) -> None:
    """Parse and resolve once: prints seconds of each as JSON."""
    from specc.driver import Compilation
    from specc.text import Source

    text = long_spec(lines)
    compilation = Compilation(source=Source("long.rec", text))
    start = time.perf_counter()
    parsed = compilation.parsed
    middle = time.perf_counter()
    found = compilation.errors
    end = time.perf_counter()
    assert parsed is not None
    if found:
        raise SystemExit(f"the spec has mistakes: {found[0].code} {found[0].message}")
    print(json.dumps({"lines": text.count("\n"), "parse": middle - start, "resolve": end - middle}))


def main() -> int:
    """Print the table. Returns 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", nargs="+", type=int, default=[2500, 5000, 10_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child is not None:
        child(args.child)
        return 0
    runs: dict[int, list[dict[str, float]]] = {lines: [] for lines in args.lines}
    for _ in range(args.runs):
        for lines, several in runs.items():
            done = subprocess.run([sys.executable, __file__, "--child", str(lines)], capture_output=True, text=True, check=True)
            several.append(json.loads(done.stdout))
    print("| lines | parse s | resolve s | both s | ms a line |\n|---|---|---|---|---|")
    both: dict[float, float] = {}
    for several in runs.values():
        long = several[0]["lines"]
        parse, resolve = (statistics.median(run[part] for run in several) for part in ("parse", "resolve"))
        both[long] = statistics.median(run["parse"] + run["resolve"] for run in several)
        print(f"| {long:,} | {parse:.2f} | {resolve:.2f} | {both[long]:.2f} | {both[long] / long * 1e3:.3f} |")
    (shorter, less), (longest, most) = sorted([(0.0, 0.0), *both.items()])[-2:]
    growth = (most / less) / (longest / shorter) * 2 if less else 2.0
    print(f"\nTwice the lines take {growth:.2f} times as long.")
    return 0 if most < GOAL_SECONDS and growth <= GOAL_GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
