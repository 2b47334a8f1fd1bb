"""`normal`: around zero."""

from __future__ import annotations

from typing import Any

from specc.registry.initializer import Initializer
from specc.registry.word import Arg, Bound, Float


class Normal(Initializer):
    """Normal around zero; values beyond two deviations are drawn again.

    Example: `embeddings { dim=16, init=normal(0.01) }`
    """

    deviation = Arg(Float(0, open_low=True), 0.05, "the standard deviation")

    def keras(self, a: Bound) -> tuple[str, dict[str, Any]]:
        """`TruncatedNormal`."""
        return "keras.initializers.TruncatedNormal", {"mean": 0.0, "stddev": a.deviation}
