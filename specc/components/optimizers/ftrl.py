"""`ftrl`: Keras' `Ftrl`."""

from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.component import Arg, BoundArguments
from specc.registry.optimizer import Optimizer
from specc.registry.reporter import Reporter


class Ftrl(Optimizer):
    """Follow the regularized leader (McMahan et al. 2013): sparse linear models.

    Example: `train { optimizer=ftrl(1e-3) }`
    """

    target = "keras.optimizers.Ftrl"
    renamed = {"l1": "l1_regularization_strength", "l2": "l2_regularization_strength"}
    l1 = Arg(Float(0), 0.0, "l1 regularization", named=True)
    l2 = Arg(Float(0), 0.0, "l2 regularization", named=True)
    beta = Arg(Float(0), 0.0, "added to the learning-rate schedule", named=True)
    learning_rate_power = Arg(Float(None, 0), -0.5, "how the step falls", named=True)
    initial_accumulator_value = Arg(
        Float(0), 0.1, "where the sums of squares start; above 0 unless `l2` or `beta` is", named=True
    )

    def refuses(self, a: BoundArguments, reporter: Reporter) -> bool:
        """Keras divides by `sum ** -learning_rate_power + 2 learning_rate l2 + beta`, which must not be 0."""
        divided = a.initial_accumulator_value or a.l2 or a.beta or not a.learning_rate_power
        if not divided:
            reporter.error(
                "REC308",
                a.at("initial_accumulator_value"),
                "`initial_accumulator_value` must be above 0 where `l2` and `beta` are 0",
                "a weight whose first gradient is 0 would become 0 / 0",
                help="keep the default, 0.1, or write `beta=1`, as McMahan et al. do",
            )
        return super().refuses(a, reporter) or not divided
