"""Seconds a step, in steady state: a contender tells after every step (or several at once) how far it is."""

from __future__ import annotations

import itertools
import statistics
import time

WARM_STEPS = 10
WARM_SECONDS = 3.0  # enough for a step that takes long, once it has been taken three times
CHUNK_SECONDS = 0.2


class Clock:
    """Notes when steps end, and what they lost.

    seconds: of timed steps that are enough. losses: by step, the mean since the step told before it.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.losses: dict[int, float] = {}
        self.ticks: list[tuple[int, float]] = []
        self.warm_until: int | None = None

    def tick(self, steps: int, loss: float) -> bool:
        """After `steps` steps in all, with the mean loss of those since the last call. Returns whether that is enough."""
        self.ticks.append((steps, time.perf_counter()))
        self.losses[steps] = loss
        now = self.ticks[-1][1]
        if self.warm_until is None:
            if steps >= WARM_STEPS or (len(self.ticks) > 3 and now - self.ticks[0][1] > WARM_SECONDS):
                self.warm_until = len(self.ticks) - 1
            return False
        return now - self.ticks[self.warm_until][1] >= self.seconds

    def chunks(self) -> list[float]:
        """Seconds a step in pieces of at least 0.2 seconds. The last piece may be shorter where there is no other."""
        if self.warm_until is None or self.warm_until == len(self.ticks) - 1:
            raise RuntimeError(f"only {len(self.ticks)} steps: no steady state to time")
        found: list[float] = []
        first = self.ticks[self.warm_until]
        for tick in itertools.islice(self.ticks, self.warm_until + 1, None):
            if tick[1] - first[1] >= CHUNK_SECONDS or (tick is self.ticks[-1] and not found):
                found.append((tick[1] - first[1]) / (tick[0] - first[0]))
                first = tick
        return found

    def median(self) -> float:
        """Seconds a step."""
        return statistics.median(self.chunks())

    def result(self) -> dict[str, object]:
        """For JSON."""
        return {
            "seconds": self.median(),
            "steps": self.ticks[-1][0],
            "losses": [[step, self.losses[step]] for step in sorted(self.losses)],
        }
