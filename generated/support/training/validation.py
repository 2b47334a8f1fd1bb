"""Metrics after each epoch, the best weights, and when to stop."""
# mypy: disable-error-code="misc"

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from ..features.errors import DataError


class Validation(keras.callbacks.Callback):
    """Measures after each epoch, keeps the weights of the best one, and stops when there is none better for a while.

    The metrics are put into Keras' logs, as `val_watch.recall@10`: the progress bar, the history and callbacks see them.

    Args:
        measure: gives the metrics by name, without `val_`.
        monitor: the metric by which epochs are compared; without one the last epoch is the best.
        better: whether `max` or `min` of it is good.
        patience: stops after this many epochs in a row without a better one; None never stops.

    After training the model has the weights of epoch `best_epoch` (from 0), `best` is its metrics.

    Raises:
        ValueError: another `better`, or a `monitor` that is not measured (after the first epoch).
        FloatingPointError: the loss of an epoch is NaN or infinite, or so are predictions, or weights but those of tables,
            which a step would copy to read them.
        DataError: the monitor is NaN, as a metric is for which no row counts or all have one label: no epoch mends that.
    """

    def __init__(
        self,
        measure: Callable[[], dict[str, float]],
        monitor: str | None = None,
        better: str = "max",
        patience: int | None = None,
    ) -> None:
        super().__init__()
        if better not in ("max", "min"):
            raise ValueError(f"better is `max` or `min`, not {better!r}")
        self.measure = measure
        self.monitor = monitor
        self.better = better
        self.patience = patience
        self.best: dict[str, float] = {}
        self.best_epoch: int | None = None
        self.best_weights: Any = None
        self.waited = 0

    def is_better(self, metrics: dict[str, float]) -> bool:
        """Whether these metrics beat the best so far."""
        if self.monitor is None or self.best_epoch is None:
            return True
        new, old = metrics[self.monitor], self.best[self.monitor]
        return new > old if self.better == "max" else new < old

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Measures, and keeps or stops."""
        loss = (logs or {}).get("loss", 0.0)
        if not math.isfinite(loss):
            raise FloatingPointError(f"the loss is {loss} after epoch {epoch + 1}")
        for weight in self.model.trainable_weights:  # relu of a compiled step makes 0 of NaN, so the loss may look well
            if not hasattr(weight, "tables") and not np.isfinite(ops.convert_to_numpy(weight)).all():
                raise FloatingPointError(f"{weight.path} holds NaN or infinity after epoch {epoch + 1}")
        metrics = self.measure()
        if self.monitor is not None and self.monitor not in metrics:
            raise ValueError(f"{self.monitor} is not measured, but {', '.join(metrics)}")
        if self.monitor is not None and math.isnan(metrics[self.monitor]):
            help = "early_stop needs another metric, or more rows to measure"
            message = f"{self.monitor} cannot be measured: no row counts for it, or all have one label"
            raise DataError(message, kind="rows", help=help)
        if logs is not None:
            logs.update({f"val_{name}": value for name, value in metrics.items()})
        if self.is_better(metrics):
            self.best, self.best_epoch, self.waited = metrics, epoch, 0
            self.best_weights = self.model.get_weights() if self.monitor is not None else None
            return
        self.waited += 1
        if self.patience is not None and self.waited >= self.patience:
            self.model.stop_training = True

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Gives the model its best weights."""
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)
            self.best_weights = None
