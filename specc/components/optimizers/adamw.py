"""`adamw`: Keras' `AdamW`."""

from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.component import Arg
from specc.registry.optimizer import Optimizer


class AdamW(Optimizer):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019).

    Example: `train { optimizer=adamw(1e-3) }`
    """

    target = "keras.optimizers.AdamW"
    beta_1 = Arg(Float(0, 1, open_high=True), 0.9, "decay of the first moment", named=True)
    beta_2 = Arg(Float(0, 1, open_high=True), 0.999, "decay of the second moment", named=True)
    weight_decay = Arg(Float(0), 0.004, "decay of all weights at each step; of tables, of the rows looked up", named=True)
    epsilon = Arg(Float(0, open_low=True), 1e-7, "against division by zero", named=True)
