"""Whether a layer owns weights: what the catalogue says of its target."""

from __future__ import annotations

from specc.targets.catalogue import targets


def owns_weights(target: str) -> bool:
    """Whether layers of a target have weights of their own, which only a loss can teach."""
    found = targets().get(target)
    return found is not None and found.owns_weights
