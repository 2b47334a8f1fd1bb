"""`nadam`: Keras' `Nadam`."""

from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.component import Arg
from specc.registry.optimizer import Optimizer


class Nadam(Optimizer):
    """Adam with Nesterov momentum (Dozat 2016).

    Example: `train { optimizer=nadam(1e-3) }`
    """

    target = "keras.optimizers.Nadam"
    beta_1 = Arg(Float(0, 1, open_high=True), 0.9, "decay of the first moment", named=True)
    beta_2 = Arg(Float(0, 1, open_high=True), 0.999, "decay of the second moment", named=True)
    epsilon = Arg(Float(0, open_low=True), 1e-7, "against division by zero", named=True)
