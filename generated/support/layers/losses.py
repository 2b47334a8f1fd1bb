"""Losses that Keras lacks.

For the rest Keras' own do: with `reduction="mean_with_sample_weight"` they give sum(w * l) / sum(w), and 0 if no row counts.
"""
# mypy: disable-error-code="misc"

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="specc")
class PerRow(keras.losses.Loss):
    """The loss of an output that is already a loss for each row, such as a softmax layer's: labels are not read.

    Gives sum(w * l) / sum(w) over the rows (batch,) with sample weights w, and 0 if no row counts.
    """

    def __init__(self, reduction: str = "mean_with_sample_weight", name: str = "per_row", **kwargs: Any) -> None:
        super().__init__(name=name, reduction=reduction, **kwargs)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The rows' losses (batch,), as they came."""
        return y_pred
