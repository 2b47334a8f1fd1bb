"""Candidates that are some ids of a range, not all of it."""
# mypy: disable-error-code="misc"

from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="specc")
class Listed(keras.layers.Layer):
    """A list of ids, and the place of each id in it.

    The ids are a weight that is not trained: `.keras` files carry them, the configuration does not.

    Args:
        ids: (n,), rising; or n, for weights that come later.

    Raises:
        ValueError: no ids, or ids that do not rise.
    """

    carries_data = True

    def __init__(self, ids: Any, name: str = "listed", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        values = np.arange(ids) if isinstance(ids, int) else np.asarray(ids)
        if values.ndim != 1 or not len(values) or (np.diff(values) <= 0).any():
            raise ValueError(f"needs ids that rise, not {ids}")
        self.size = len(values)
        self.ids = self.add_weight(
            name="ids",
            shape=values.shape,
            dtype="int32",
            initializer=lambda shape, dtype=None: ops.convert_to_tensor(values, dtype),
            trainable=False,
            autocast=False,
        )

    def places(self, ids: Any) -> Any:
        """The place of each id (n,) in the list, int32 (n,), -1 where it is not there."""
        ids = ops.cast(ids, "int32")
        place = ops.minimum(ops.cast(ops.searchsorted(self.ids, ids), "int32"), self.size - 1)
        return ops.where(ops.take(self.ids, place) == ids, place, -1)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes a list of the same length of; its ids come with the weights."""
        return {**super().get_config(), "ids": self.size}


def listed(ids: Any, low: int, high: int) -> Listed | None:
    """The list of candidates among the ids [low, high), None where that is all of them.

    Raises:
        ValueError: ids outside [low, high).
    """
    size = ids if ids is None or isinstance(ids, int) else len(ids)
    if size is None or size == high - low:
        return None
    if not isinstance(ids, int) and size and not (low <= ids[0] and ids[-1] < high):
        raise ValueError(f"candidates must be in [{low}, {high}), and are in [{ids[0]}, {ids[-1]}]")
    return Listed(ids)
