"""The model that is trained."""
# mypy: disable-error-code="misc"

from typing import Any

import keras
import tensorflow as tf

from ..layers.lookups import PooledLookups, row_gradient


@keras.saving.register_keras_serializable(package="specc")
class TrainingModel(keras.Model):
    """A model trained as Keras does it, but that the gradient of a table with pooled lookups is a `RowGradient`: these rows are
    found and read once in a step, and written once.
    """

    def train_step(self, data: Any) -> Any:
        """Forward, backward and update on a batch. Returns the metrics so far."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape, PooledLookups(tape) as lookups:
            predicted = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=predicted, sample_weight=sample_weight, training=True)
            scaled = self.optimizer.scale_loss(loss)
        weights = self.trainable_weights
        gradients = tape.gradient(scaled, [*weights, *(one.sums for one in lookups.made)])
        pooled = list(zip(lookups.made, gradients[len(weights) :], strict=True))
        for place, weight in enumerate(weights):
            own = [(one, gradient) for one, gradient in pooled if one.table is weight]
            gradients[place] = row_gradient([one for one, _ in own], [gradient for _, gradient in own], gradients[place])
        self.optimizer.apply(gradients[: len(weights)], weights)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss, sample_weight=tf.shape(keras.tree.flatten(x)[0])[0])
        return self.compute_metrics(x, y, predicted, sample_weight=sample_weight)
