"""`rmsprop`: Keras' `RMSprop`."""

from __future__ import annotations

from specc.registry.arg_types import Bool, Float
from specc.registry.component import Arg
from specc.registry.optimizer import Optimizer


class RMSprop(Optimizer):
    """RMSprop (Tieleman & Hinton 2012); the default of Merlin Models.

    Example: `train { optimizer=rmsprop(1e-3) }`
    """

    target = "keras.optimizers.RMSprop"
    rho = Arg(Float(0, 1, open_high=True), 0.9, "decay of the mean square", named=True)
    momentum = Arg(Float(0, 1, open_high=True), 0.0, "of the velocity", named=True)
    epsilon = Arg(Float(0, open_low=True), 1e-7, "against division by zero", named=True)
    centered = Arg(Bool(), False, "divide by the variance instead of the mean square", named=True)
