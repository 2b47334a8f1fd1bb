"""`adadelta`: Keras' `Adadelta`."""

from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.component import Arg
from specc.registry.optimizer import Optimizer


class Adadelta(Optimizer):
    """Adadelta (Zeiler 2012).

    Example: `train { optimizer=adadelta(1e-3) }`
    """

    target = "keras.optimizers.Adadelta"
    rho = Arg(Float(0, 1, open_high=True), 0.95, "decay of the averages", named=True)
    epsilon = Arg(Float(0, open_low=True), 1e-7, "against division by zero", named=True)
