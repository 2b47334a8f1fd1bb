"""Ctrl-C: the first ends training in order, the second at once."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from specc.run.runs import Run


class Stopped(KeyboardInterrupt):
    """Training was stopped by hand. `run` is what it made until then."""

    def __init__(self, message: str, run: Run) -> None:
        super().__init__(message)
        self.run = run


class Late:
    """Whether Ctrl-C was pressed while a run was finished."""

    pressed = False


@contextmanager
def finishing(first: bool) -> Iterator[Late]:
    """While a run is measured and written, which would be a pity to lose, the first Ctrl-C is only remembered.

    first: whether none was pressed before. Only the main thread hears of it.
    """
    late = Late()
    before = signal.getsignal(signal.SIGINT)
    if not first or not callable(before) or threading.current_thread() is not threading.main_thread():
        yield late
        return

    def remember(number: int, frame: Any) -> None:
        late.pressed = True
        signal.signal(signal.SIGINT, before)
        print("the run is being finished; Ctrl-C again ends at once", file=sys.stderr, flush=True)

    signal.signal(signal.SIGINT, remember)
    try:
        yield late
    finally:
        signal.signal(signal.SIGINT, before)
