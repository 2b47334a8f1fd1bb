"""Tables of what was measured, and whether the contenders did the same work."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.training.contenders import CONTENDERS
from benchmarks.training.works import Work

FIRST = 0.02  # how far a first loss may be from the reference's, of it
LATER = 0.05  # as much after ten steps, for the same optimizer
SAME_OPTIMIZER = ("specc", "keras", "keras-xla", "keras-rs", "torch", "torch-sparse", "torch-sparse-one", "torch-compile")
LATER_STEP = 10

Runs = Mapping[str, Sequence[dict[str, Any]]]


def milliseconds(runs: Sequence[dict[str, Any]]) -> float:
    """Of a step: the median of the runs."""
    seconds: float = statistics.median(run["seconds"] for run in runs)
    return seconds * 1e3


def disagreements(runs: Runs, reference: str) -> list[str]:
    """Contenders whose loss is not the reference's: on the first batch, and after ten steps with its optimizer.

    Sparse and dense Adam do the same where each step meets every row, as in small tables; then ten steps lead to one loss.
    In large ones they do not differ yet: a row that a step did not meet has hardly been moved.
    """
    found: list[str] = []
    if reference not in runs:
        return found
    expected = runs[reference][0]["losses"]
    for name, several in runs.items():
        steps = [(1, FIRST)]
        if name in SAME_OPTIMIZER and reference in SAME_OPTIMIZER:
            steps.append((LATER_STEP, LATER))
        for run in several:
            for step, allowed in steps:
                if min(len(run["losses"]), len(expected)) < step:
                    continue
                own, other = run["losses"][step - 1], expected[step - 1]
                if abs(own - other) > allowed * other:
                    found.append(f"{name}: the loss of step {step} is {own:.4f}, but {other:.4f} with {reference}")
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
        f"| | ms a step | to {reference} | peak GiB | loss of step 1, 10 |",
        "|---|---|---|---|---|",
    ]
    base = milliseconds(runs[reference]) if reference in runs else None
    for name, contender in CONTENDERS.items():
        if name in missing:
            lines.append(f"| {contender.title} | {missing[name]} | | | |")
        if name not in runs:
            continue
        ms, losses = milliseconds(runs[name]), runs[name][0]["losses"]
        ratio = f"{ms / base:.2f}" if base is not None else ""
        shown = ", ".join(f"{losses[step - 1]:.4f}" for step in (1, LATER_STEP) if len(losses) >= step)
        peak = statistics.median(run["peak_bytes"] for run in runs[name]) / 2**30
        lines.append(f"| {contender.title} | {ms:.1f} | {ratio} | {peak:.1f} | {'' if name == 'floor' else shown} |")
    moved = work.lookups * work.dim * 4 * 4
    lines += [
        "",
        f"To read and write the vectors of a step once, and their rows once, is {moved / 2**20:.0f} MiB:"
        f" {moved / bandwidth * 1e3:.1f} ms at the speed of a large copy.",
    ]
    return "\n".join(lines)
