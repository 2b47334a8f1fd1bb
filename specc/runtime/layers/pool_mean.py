"""Losses that take the mean over the negatives of a pool."""
# mypy: disable-error-code="misc"

from typing import Any

from keras import ops

from .pool import PoolLoss


class PoolMean(PoolLoss):
    """A loss that compares a row with one negative at a time, and takes the mean over those that it sees. No softmax is
    estimated, so there is nothing for `logq` to correct; otherwise arguments are those of `PoolLoss`.

    Raises:
        ValueError: `logq`, and what `PoolLoss` raises.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.logq:
            raise ValueError(f"{type(self).__name__} is not corrected for the sampling")

    def mean(self, values: Any, hidden: Any) -> Any:
        """The mean (batch,) of each row's values (batch, n) that are not hidden, bool (batch, n); 0 where all are."""
        visible = ops.logical_not(hidden)
        number = ops.sum(ops.cast(visible, values.dtype), axis=1)
        return ops.sum(ops.where(visible, values, 0.0), axis=1) / ops.maximum(number, 1.0)
