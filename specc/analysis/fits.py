"""Whether this machine has the memory that the weights of a Program take, before any of it is asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress

from specc.analysis.calls import costs_of
from specc.analysis.slots import optimizer_of, slots
from specc.diagnostics import Diagnostic
from specc.ir import program as ir
from specc.targets.catalogue import target_of

GB = 1_000_000_000


def too_large(program: ir.Program, sizes: Mapping[str, int], *, trained: bool = False) -> list[Diagnostic]:
    """What is to be said of a Program whose weights this machine cannot hold, with the optimizer's slots where it is trained.

    sizes: rows by vocabulary; those that are missing count as 0.
    """
    there = memory()
    targets = {layer.name: layer.target for layer in program.layers}
    weights: dict[str, int] = {}
    needed = 0
    for call in costs_of(program, sizes, {}, 1).calls:
        if call.layer is None or call.layer in weights:
            continue
        cost = call.cost
        weights[call.layer] = sum(weight.bytes for weight in (*cost.trained, *cost.fixed))
        needed += weights[call.layer]
        if trained and call.training:
            optimizer = optimizer_of(program.training, call.layer)
            needed += sum(sum(slots(optimizer, one, target_of(targets[call.layer]).is_table)) for one in cost.trained)
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
