"""Bayesian personalized ranking over a pool of negatives."""
# mypy: disable-error-code="misc"

from typing import Any

import keras
from keras import ops

from .pool_mean import PoolMean


@keras.saving.register_keras_serializable(package="specc")
class PooledBPR(PoolMean):
    """The loss of each row, the mean of -log sigmoid(s+ - s-) over the negatives that it sees, where s+ is the score of its
    positive [Rendle et al. 2009]; 0 where it sees none.
    """

    def row_losses(self, own: Any, pool: Any, hidden: Any) -> Any:
        """The mean of softplus(s- - s+) of each row, (batch,)."""
        return self.mean(ops.softplus(pool - ops.expand_dims(own, 1)), hidden)
