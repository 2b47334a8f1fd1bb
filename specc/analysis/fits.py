"""Whether this machine has the memory that the weights of a Program take, before any of it is asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress

from specc.analysis.calls import costs_of
from specc.analysis.weights import weights_of
from specc.diagnostics import Diagnostic
from specc.ir import program as ir

GB = 1_000_000_000


def too_large(program: ir.Program, sizes: Mapping[str, int], *, trained: bool = False) -> list[Diagnostic]:
    """What is to be said of a Program whose weights this machine cannot hold, with the optimizer's slots where it is trained.

    sizes: rows by vocabulary; those that are missing count as 0.
    """
    there = memory()
    found = weights_of(program, costs_of(program, sizes, {}, 1).calls)
    weights = {one.layer: one.bytes + one.fixed_bytes for one in found.values()}
    needed = sum(weights.values()) + (sum(one.slots for one in found.values()) if trained else 0)
    largest = max(weights, key=weights.__getitem__, default=None)
    if largest is None or there is None:
        return []
    needed += 2 * weights[largest]  # an initializer needs three times its weights for a moment
    if needed <= there:
        return []
    message = f"the weights of {program.name} take {needed / GB:,.1f} GB of memory, and this machine has {there / GB:,.1f}"
    help = [f"the most is in `{largest}`, {weights[largest] / GB:,.1f} GB: fewer ids, or a smaller width"]
    return [Diagnostic("REC807", None, message, help=[*help, "`specc cost` says what each table takes"])]


def memory() -> int | None:
    """The bytes of memory that this process may have at most; None where the system does not say."""
    found = list[int]()
    with suppress(AttributeError, ValueError, OSError):  # Windows
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):  # of a container
        with suppress(OSError, ValueError), open(limit, encoding="ascii") as file:
            found.append(int(file.read()))
    return min(found, default=None)
