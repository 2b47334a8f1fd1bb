"""Tables of what was measured, and whether the contenders did the same work."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.training.contenders import CONTENDERS
from benchmarks.training.works import Work

# specc tells the loss of 16 steps at once, so that is what is compared: a mean over some steps, and how far it may be from the
# reference's, of it; of the later ones for the same optimizer.
FIRST, FIRST_TOLERANCE = (0, 16), 0.05
LATER, LATER_TOLERANCE = (16, 32), 0.05
SAME_OPTIMIZER = ("specc", "keras", "keras-xla", "keras-rs", "torch", "torch-sparse", "torch-sparse-one", "torch-compile")

Runs = Mapping[str, Sequence[dict[str, Any]]]


def milliseconds(runs: Sequence[dict[str, Any]]) -> float:
    """Of a step: the median of the runs."""
    seconds: float = statistics.median(run["seconds"] for run in runs)
    return seconds * 1e3


def mean_loss(run: Mapping[str, Any], steps: tuple[int, int]) -> float | None:
    """Over the steps after the first number, up to the second; None where the run did not tell it."""
    start, end = steps
    total, before = 0.0, 0
    told = {0} | {step for step, _ in run["losses"]}
    if not {start, end} <= told:
        return None
    for step, loss in run["losses"]:
        if start < step <= end:
            total += loss * (step - before)
        before = step
    return total / (end - start)


def disagreements(runs: Runs, reference: str) -> list[str]:
    """Contenders whose loss is not the reference's: of the first steps, and of later ones with its optimizer.

    Sparse and dense Adam do the same where each step meets every row, as in small tables. In large ones they do not differ yet:
    a row that a step did not meet has hardly been moved.
    """
    found: list[str] = []
    if reference not in runs:
        return found
    for name, several in runs.items():
        if CONTENDERS[name].limit:
            continue
        windows = [(FIRST, FIRST_TOLERANCE)]
        if name in SAME_OPTIMIZER and reference in SAME_OPTIMIZER:
            windows.append((LATER, LATER_TOLERANCE))
        for run in several:
            for steps, allowed in windows:
                own, other = mean_loss(run, steps), mean_loss(runs[reference][0], steps)
                if own is not None and other is not None and abs(own - other) > allowed * other:
                    which = f"steps {steps[0] + 1} to {steps[1]}"
                    found.append(f"{name}: the loss of {which} is {own:.4f}, but {other:.4f} with {reference}")
    return found


def head(machine: Mapping[str, Any], runs: int) -> str:
    """A line on the machine."""
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_bytes'] / 2**30:.0f} GiB, Python"
        f" {machine['python']}; load {machine['load']:.2f} at the start; a large copy moves"
        f" {machine['copy_bytes_a_second'] / 1e9:.1f} GB/s. Medians of {runs} runs, in turn."
    )


def title(work: Work) -> str:
    """The sizes of a work."""
    tables = f"{work.tables} tables of {work.rows:,}" if work.tables > 1 else f"a table of {work.rows:,}"
    extra = f", histories of {work.history}, {work.negatives} negatives" if work.history else ""
    return f"{work.title}: {tables} x {work.dim}{extra}, batch {work.batch}"


def table(work: Work, runs: Runs, missing: Mapping[str, str], reference: str, bandwidth: float) -> str:
    """Markdown: a line a contender, in the order of `CONTENDERS`."""
    lines = [
        f"### {title(work)}",
        "",
        f"| | ms a step | to {reference} | peak GiB | loss of steps 1-16, 17-32 |",
        "|---|---|---|---|---|",
    ]
    base = milliseconds(runs[reference]) if reference in runs else None
    for name, contender in CONTENDERS.items():
        if name in missing:
            lines.append(f"| {contender.title} | {missing[name]} | | | |")
        if name not in runs:
            continue
        ms, losses = milliseconds(runs[name]), [mean_loss(runs[name][0], steps) for steps in (FIRST, LATER)]
        ratio = f"{ms / base:.2f}" if base is not None else ""
        shown = ", ".join(f"{loss:.4f}" for loss in losses if loss is not None)
        peak = statistics.median(run["peak_bytes"] for run in runs[name]) / 2**30
        lines.append(f"| {contender.title} | {ms:.1f} | {ratio} | {peak:.1f} | {'' if contender.limit else shown} |")
    moved = work.lookups * work.dim * 4 * 4
    lines += [
        "",
        f"To read and write the vectors of a step once, and their rows once, is {moved / 2**20:.0f} MiB:"
        f" {moved / bandwidth * 1e3:.1f} ms at the speed of a large copy.",
    ]
    return "\n".join(lines)
