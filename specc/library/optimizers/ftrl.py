"""`ftrl`: Keras' `Ftrl`."""

from __future__ import annotations

from specc.library.optimizer import Optimizer
from specc.library.word import Arg, Float


class Ftrl(Optimizer):
    """Follow the regularized leader (McMahan et al. 2013): sparse linear models.

    Example: `train { optimizer=ftrl(1e-3) }`
    """

    target = "keras.optimizers.Ftrl"
    l1 = Arg(Float(0), 0.0, "l1 regularization", named=True)
    l2 = Arg(Float(0), 0.0, "l2 regularization", named=True)
    beta = Arg(Float(0), 0.0, "added to the learning-rate schedule", named=True)
    learning_rate_power = Arg(Float(None, 0), -0.5, "how the step falls", named=True)
    initial_accumulator_value = Arg(Float(0), 0.1, "where the sums of squares start", named=True)
