"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path

import numpy as np

COPIED = 1 << 29  # bytes: far more than caches hold


def processor() -> str:
    """As the kernel calls it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor())


def free_bytes() -> int:
    """Memory that a new process may take."""
    for line in Path("/proc/meminfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("/proc/meminfo has no MemAvailable")


def peak_bytes() -> int:
    """The most memory that this process has held. (`ru_maxrss` would begin with that of the process that started it.)"""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("/proc/self/status has no VmHWM")


def copy_bandwidth() -> float:
    """Bytes a second that one thread moves, reading and writing, in a large copy: the best of five."""
    source = np.ones(COPIED // 8)
    target = np.empty_like(source)
    best = 0.0
    for _ in range(6):
        start = time.perf_counter()
        np.copyto(target, source)
        best = max(best, 2 * COPIED / (time.perf_counter() - start))
    return best


def describe(bandwidth: float) -> dict[str, object]:
    """For the head of a table."""
    return {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "load": os.getloadavg()[0],
        "copy_bytes_a_second": bandwidth,
        "python": platform.python_version(),
    }
