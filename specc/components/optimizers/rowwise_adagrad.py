"""`rowwise_adagrad`: Adagrad with one sum a row of a table."""

from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.component import Arg
from specc.registry.optimizer import Optimizer


class RowwiseAdagrad(Optimizer):
    """Adagrad that keeps one number a row of a table, the mean of squares, instead of one a weight (FBGEMM's
    EXACT_ROWWISE_ADAGRAD; Mudigere et al. 2022): for large tables the fastest and the smallest. What is not a table follows
    `adagrad`. Sums start at zero, as FBGEMM's do: the gradient of a row, a share of a mean over the batch, is so small that
    Keras' 0.1 would hold it up for thousands of steps.

    Example: `train { optimizer=rowwise_adagrad(0.05) }`
    """

    target = "specc.runtime.optimizers.rowwise_adagrad.RowwiseAdagrad"
    initial_accumulator_value = Arg(Float(0), 0.0, "where the sums of squares start", named=True)
    epsilon = Arg(Float(0, open_low=True), 1e-8, "against division by zero", named=True)
