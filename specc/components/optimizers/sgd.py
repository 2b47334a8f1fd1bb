"""`sgd`: Keras' `SGD`."""

from __future__ import annotations

from specc.registry.arg_types import Bool, ComponentOf, Float, NumberOr
from specc.registry.component import Arg, BoundArguments
from specc.registry.optimizer import Optimizer
from specc.registry.reporter import Reporter


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum where given.

    Example: `train { optimizer=sgd(0.01) }`
    """

    target = "keras.optimizers.SGD"
    learning_rate = Arg(
        NumberOr(Float(0, open_low=True), ComponentOf("schedules", "a schedule")), 0.01, "the step size, or how it goes"
    )
    momentum = Arg(Float(0, 1, open_high=True), 0.0, "of the velocity", named=True)
    nesterov = Arg(Bool(), False, "Nesterov's form of momentum", named=True)

    def refuses(self, a: BoundArguments, reporter: Reporter) -> bool:
        """Keras passes over `nesterov` where there is no momentum."""
        idle = a.nesterov and not a.momentum
        if idle:
            help = "write `momentum=0.9`, say, or leave `nesterov` out"
            reporter.error("REC140", a.at("nesterov"), "`nesterov` is not used", "there is no `momentum`", help=help)
        return super().refuses(a, reporter) or idle
