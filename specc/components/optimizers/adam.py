"""`adam`: Keras' `Adam`."""

from __future__ import annotations

from specc.registry.arg_types import Bool, Float
from specc.registry.component import Arg
from specc.registry.optimizer import Optimizer


class Adam(Optimizer):
    """Adam (Kingma & Ba 2015).

    Example: `train { optimizer=adam(1e-3) }`
    """

    target = "keras.optimizers.Adam"
    beta_1 = Arg(Float(0, 1, open_high=True), 0.9, "decay of the first moment", named=True)
    beta_2 = Arg(Float(0, 1, open_high=True), 0.999, "decay of the second moment", named=True)
    epsilon = Arg(Float(0, open_low=True), 1e-7, "against division by zero", named=True)
    amsgrad = Arg(Bool(), False, "keep the greatest second moment", named=True)
