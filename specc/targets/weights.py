"""Which targets own weights that training changes; tables are those of columns, and not meant."""

from __future__ import annotations

_OWNERS = frozenset(
    {
        "keras.layers.BatchNormalization",
        "keras.layers.Dense",
        "keras.layers.LayerNormalization",
        "specc.runtime.layers.sequences.MaskedBatchNormalization",
    }
)


def owns_weights(target: str) -> bool:
    """Whether a layer of this class owns weights."""
    return target in _OWNERS
