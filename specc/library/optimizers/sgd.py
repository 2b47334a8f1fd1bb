"""`sgd`: Keras' `SGD`."""

from __future__ import annotations

from specc.library.optimizer import Optimizer
from specc.library.word import Arg, Bool, Float


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum where given.

    Example: `train { optimizer=sgd(0.01) }`
    """

    target = "keras.optimizers.SGD"
    learning_rate = Arg(Float(0, open_low=True), 0.01, "the step size")
    momentum = Arg(Float(0, 1, open_high=True), 0.0, "of the velocity", named=True)
    nesterov = Arg(Bool(), False, "Nesterov's form of momentum", named=True)
