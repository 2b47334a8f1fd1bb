"""How well syntax errors are told: every example with one token deleted, doubled or put in, at every place.

    python benchmarks/recovery.py [--every N] [--show K] [FOLDER...]

Of the mutants that are not valid by chance, it counts those with exactly one report, and those with a report on the line that
was changed (for a newline: on one of the two lines that it parts). A report counts by its main place alone, not by its notes.
`--every N` takes each N-th mutant, `--show K` prints the first K mutants that were not told as they should be.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from specc.syntax.lexer import lex
from specc.syntax.parser import parse
from specc.text import Source

EXAMPLES = Path(__file__).resolve().parents[1] / "tests" / "syntax" / "examples"

# One of each token that the language has.
WORDS = 'name 7 0.5 "text" @tag @10 in -> .. == | & + - * / . ? = : , ( ) [ ] { }'
INSERTED = ["\n", *WORDS.split()]


class Mutant:
    """A text with one token changed: how, and the lines (from 1) on which a report would be right."""

    __slots__ = ("how", "lines", "text")

    def __init__(self, how: str, text: str, lines: set[int]) -> None:
        self.how = how
        self.text = text
        self.lines = lines


class Result:
    """Counts over mutants."""

    def __init__(self) -> None:
        self.mutants = 0
        self.valid = 0
        self.one = 0
        self.right = 0
        self.by_way: dict[str, Counter[str]] = {}
        self.misses: list[tuple[Mutant, list[str]]] = []

    def add(self, mutant: Mutant) -> None:
        """Parse a mutant and count what was told."""
        self.mutants += 1
        reports = parse(Source("mutant.rec", mutant.text)).diagnostics
        if not reports:
            self.valid += 1
            return
        one = len(reports) == 1
        right = any(d.span is not None and d.span.source.position(d.span.start)[0] in mutant.lines for d in reports)
        self.one += one
        self.right += right
        way = self.by_way.setdefault(mutant.how.split()[0], Counter())
        way.update(invalid=1, one=one, right=right)
        if not (one and right):
            self.misses.append((mutant, [f"{d.span!r} {d.code} {d.message}" for d in reports]))

    @property
    def invalid(self) -> int:
        """Mutants that are no valid text."""
        return self.mutants - self.valid


def mutants(text: str) -> Iterator[Mutant]:
    """All texts that differ from a text in one token."""
    tokens, _ = lex(text)
    line = 1
    for index, (kind, start, end) in enumerate(tokens):
        word = text[start:end]
        newline = kind == "NEWLINE"
        if not newline or (index and tokens[index - 1][0] != "NEWLINE"):  # not those behind a line with nothing but a comment
            yield Mutant(f"delete {word!r}", text[:start] + (" " if newline else "") + text[end:], {line})
            if not newline:
                yield Mutant(f"double {word!r}", text[:end] + " " + word + text[end:], {line})
            for new in INSERTED:
                lines = {line, line + 1} if new == "\n" else {line}
                blank = "" if kind == "NEWLINE" or index == 0 or tokens[index - 1][0] == "NEWLINE" else " "
                yield Mutant(f"insert {new!r} before {word!r}", f"{text[:start]}{blank}{new} {text[start:]}", lines)
        line += word.count("\n")


def measure(paths: list[Path], every: int = 1) -> Result:
    """The counts over the mutants of some files."""
    result = Result()
    number = 0
    for path in paths:
        for mutant in mutants(path.read_text(encoding="utf-8")):
            if number % every == 0:
                result.add(mutant)
            number += 1
    return result


def main(arguments: list[str]) -> int:
    """Measure and print. Returns the exit code: 1 when the goals are missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[EXAMPLES])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args(arguments)
    paths = sorted(path for folder in options.folders for path in folder.rglob("*.rec"))
    begun = time.perf_counter()
    result = measure(paths, options.every)
    seconds = time.perf_counter() - begun
    for mutant, reports in result.misses[: options.show]:
        print(mutant.how, sorted(mutant.lines), *reports, sep="\n    ")
    for way, counts in sorted(result.by_way.items()):
        n = counts["invalid"]
        print(f"{way:8} {n:7,} invalid   one report {counts['one'] / n:7.2%}   right line {counts['right'] / n:7.2%}")
    print(
        f"{len(paths)} files, {result.mutants:,} mutants, {result.invalid:,} not valid: "
        f"exactly one report {result.one / result.invalid:.2%}, one on the right line {result.right / result.invalid:.2%} "
        f"({seconds / result.mutants * 1000:.1f} ms each)"
    )
    return 0 if result.one >= 0.95 * result.invalid and result.right >= 0.97 * result.invalid else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
