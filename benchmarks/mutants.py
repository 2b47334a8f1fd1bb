"""How well mistakes are told by the whole checker: every clean example with one token deleted, doubled or put in anywhere.

    python benchmarks/mutants.py [--every N] [--show K] [--by-code] [PATH...]

Unlike `recovery.py`, which measures the parser alone, a mutant here goes through syntax and meaning, as in `specc check`.
Of the mutants that are refused, it counts those with exactly one report, and those with a report whose main place is on
the line that was changed (for a newline: on one of the two lines that it parts). Every path is a spec without mistakes,
or a folder of them; those with a mistake, and those that only others import, are left out. `--show K` prints the first K
mutants that were not told as they should be, `--by-code` which codes came together. A mutant for which the checker raises
is a bug, and ends the run.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from recovery import Mutant, mutants

from specc.diagnostics import Diagnostic
from specc.driver import Compilation
from specc.text import Source

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = [ROOT / "tests" / "resolve" / "examples", ROOT / "specs"]

GOAL_ONE = 0.95
GOAL_RIGHT = 0.97


class Result:
    """Counts over mutants; `misses` are those that were not told with one report on the right line."""

    def __init__(self) -> None:
        self.mutants = 0
        self.refused = 0
        self.one = 0
        self.right = 0
        self.by_way: dict[str, Counter[str]] = {}
        self.misses: list[tuple[Path, Mutant, list[Diagnostic]]] = []

    def add(self, path: Path, mutant: Mutant) -> None:
        """Check a mutant and count what was told."""
        self.mutants += 1
        try:
            found = check(path, mutant.text)
        except Exception:
            print(f"{path}: {mutant.how} on {sorted(mutant.lines)} raises:\n{mutant.text}", file=sys.stderr)
            raise
        if not found:
            return
        self.refused += 1
        one = len(found) == 1
        right = any(_line(path, diagnostic) in mutant.lines for diagnostic in found)
        self.one += one
        self.right += right
        self.by_way.setdefault(mutant.how.split()[0], Counter()).update(refused=1, one=one, right=right)
        if not (one and right):
            self.misses.append((path, mutant, found))


def _line(path: Path, diagnostic: Diagnostic) -> int:
    """The line of the main place in the mutated file; 0 when it is elsewhere."""
    span = diagnostic.span
    return span.source.position(span.start)[0] if span is not None and span.source.name == str(path) else 0


def check(path: Path, text: str) -> list[Diagnostic]:
    """All mistakes of a text that stands in the place of a file, so that its imports are found."""
    return Compilation(str(path), source=Source(str(path), text)).diagnostics


def specs(paths: list[Path]) -> Iterator[Path]:
    """The clean specs among files and folders."""
    for path in paths:
        for file in sorted(path.rglob("*.rec")) if path.is_dir() else [path]:
            text = file.read_text(encoding="utf-8")
            if "schemas" not in file.parts[:-1] and not check(file, text):
                yield file


def measure(paths: list[Path], every: int = 1) -> Result:
    """The counts over every N-th mutant of the clean specs among the paths."""
    result = Result()
    number = 0
    for path in specs(paths):
        for mutant in mutants(path.read_text(encoding="utf-8")):
            if number % every == 0:
                result.add(path, mutant)
            number += 1
    return result


def main(arguments: list[str]) -> int:
    """Measure and print. Returns the exit code: 1 when the goals are missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, default=EXAMPLES)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--by-code", action="store_true")
    options = parser.parse_args(arguments)
    begun = time.perf_counter()
    result = measure(options.paths, options.every)
    seconds = time.perf_counter() - begun
    for path, mutant, found in result.misses[: options.show]:
        reports = [f"{d.span!r} {d.code} {d.message}" for d in found]
        print(f"{path.name}: {mutant.how} on {sorted(mutant.lines)}", *reports, sep="\n    ")
    if options.by_code:
        together = Counter(" ".join(sorted(d.code for d in found)) for _, _, found in result.misses)
        for codes, count in together.most_common(40):
            print(f"{count:6,} {codes[:100]}")
    for way, counts in sorted(result.by_way.items()):
        n = counts["refused"]
        print(f"{way:8} {n:7,} refused   one report {counts['one'] / n:7.2%}   right line {counts['right'] / n:7.2%}")
    one, right = result.one / result.refused, result.right / result.refused
    print(
        f"{result.mutants:,} mutants, {result.refused:,} refused: exactly one report {one:.2%}, "
        f"one on the right line {right:.2%} ({seconds / result.mutants * 1000:.1f} ms each)"
    )
    return 0 if one >= GOAL_ONE and right >= GOAL_RIGHT else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
