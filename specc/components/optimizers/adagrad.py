"""`adagrad`: Keras' `Adagrad`."""

from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.component import Arg
from specc.registry.optimizer import Optimizer


class Adagrad(Optimizer):
    """Adagrad (Duchi et al. 2011).

    Example: `train { optimizer=adagrad(1e-3) }`
    """

    target = "keras.optimizers.Adagrad"
    initial_accumulator_value = Arg(Float(0), 0.1, "where the sums of squares start", named=True)
    epsilon = Arg(Float(0, open_low=True), 1e-7, "against division by zero", named=True)
