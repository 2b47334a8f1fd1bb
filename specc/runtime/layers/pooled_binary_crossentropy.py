"""Binary cross entropy over a pool of negatives."""
# mypy: disable-error-code="misc"

from typing import Any

import keras
from keras import ops

from .pool_mean import PoolMean


@keras.saving.register_keras_serializable(package="specc")
class PooledBinaryCrossentropy(PoolMean):
    """The loss of each row, -log sigmoid(s+) less the mean of log(1 - sigmoid(s-)) over the negatives that it sees, where s+ is
    the score of its positive; the first term alone where it sees none. With one negative a row it is SASRec's [Kang and McAuley
    2018]; with more, positives and negatives weigh the same together.
    """

    def row_losses(self, own: Any, pool: Any, hidden: Any) -> Any:
        """softplus(-s+) plus the mean of softplus(s-) of each row, (batch,)."""
        return ops.softplus(-own) + self.mean(ops.softplus(pool), hidden)
