"""`lion`: Keras' `Lion`."""

from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.component import Arg
from specc.registry.optimizer import Optimizer


class Lion(Optimizer):
    """Lion (Chen et al. 2023): the sign of the momentum.

    Example: `train { optimizer=lion(1e-3) }`
    """

    target = "keras.optimizers.Lion"
    # With 0 it would be the sign of the gradient alone, and Keras refuses it.
    beta_1 = Arg(Float(0, 1, open_low=True, open_high=True), 0.9, "of the update", named=True)
    beta_2 = Arg(Float(0, 1, open_high=True), 0.99, "of the momentum", named=True)
