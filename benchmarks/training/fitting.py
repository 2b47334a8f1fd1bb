"""A Keras callback that drives the clock."""
# mypy: disable-error-code="misc"

from __future__ import annotations

from typing import Any

import keras

from benchmarks.training.clock import Clock


class Timer(keras.callbacks.Callback):
    """Tells the clock of each step, and ends the training when it has enough. For one epoch of equal batches.

    Keras logs the mean loss since the epoch began; the loss of the last steps follows from two of them.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.steps = 0
        self.total = 0.0

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """`batch` counts from 0; with several steps an execution it is that of the last."""
        assert logs is not None
        steps = batch + 1
        total = float(logs["loss"]) * steps
        loss = (total - self.total) / (steps - self.steps)
        self.steps, self.total = steps, total
        if self.clock.tick(steps, loss):
            self.model.stop_training = True
