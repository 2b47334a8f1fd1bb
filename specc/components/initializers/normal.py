"""`normal`: around zero."""

from __future__ import annotations

from specc.registry.arg_types import Float
from specc.registry.building import Config, Object
from specc.registry.component import Arg
from specc.registry.initializer import Initializer


class Normal(Initializer):
    """Normal around zero; values beyond two deviations are drawn again.

    Example: `embeddings { dim=16, init=normal(0.01) }`
    """

    deviation = Arg(Float(0, open_low=True), 0.05, "the standard deviation")

    def lower(self, a: Config) -> Object:
        """`TruncatedNormal`."""
        return Object("keras.initializers.TruncatedNormal", mean=0.0, stddev=a.deviation)
