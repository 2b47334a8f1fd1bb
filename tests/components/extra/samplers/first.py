from __future__ import annotations

from specc.registry.sampler import Drawing


class First(Drawing):
    """The first n candidates."""

    target = "extra.layers.First"
