"""The model that is trained on losses which a balancer weighs."""
# mypy: disable-error-code="misc"

from typing import Any

import keras
from keras import ops

from .balancing import Balancer
from .model import TrainingModel


@keras.saving.register_keras_serializable(package="specc")
class BalancedModel(TrainingModel):
    """A `TrainingModel` whose loss, in training and in evaluation, is what a balancer makes of its outputs' losses, plus what
    regularizes layers. The logs have that as `loss`, and beside it each output's own loss, without weights.

    Losses, their weights (1 where none are given), labels and, if there are any, sample weights are dicts by output.

    Args:
        inputs, outputs: as of a functional model; outputs are a dict.
        balancer: what makes one loss of all. Its weights are trained with the model's, by the same optimizer.
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None, *, balancer: Balancer, **kwargs: Any) -> None:
        super().__init__(inputs, outputs, name=name, **kwargs)
        self.balancer = balancer

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """The loss of a batch, a float32 scalar."""
        super().compute_loss(x, y, y_pred, sample_weight, training)  # Keras' own sum, for it counts each loss for the logs
        losses, weights = {}, {}
        for compiled in self._compile_loss._flat_losses:
            (name,) = compiled.path
            rows = sample_weight[name] if isinstance(sample_weight, dict) else sample_weight
            losses[name] = compiled.loss(y[name], y_pred[name], rows)
            weights[name] = 1.0 if compiled.loss_weights is None else compiled.loss_weights
        return sum((ops.sum(loss) for loss in self.losses), start=self.balancer.total(losses, weights))

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the same model of."""
        return {**super().get_config(), "balancer": keras.saving.serialize_keras_object(self.balancer)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """The model that `get_config` described."""
        balancer = keras.saving.deserialize_keras_object(config["balancer"], custom_objects)
        return super().from_config({**config, "balancer": balancer}, custom_objects)
