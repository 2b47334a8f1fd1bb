"""How several losses make the one that is minimized."""
# mypy: disable-error-code="misc"

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops


class Balancer(keras.layers.Layer):
    """Makes one loss of several. Its weights are trained with the model's; it is never called as a layer."""

    def total(self, losses: Mapping[str, Any], weights: Mapping[str, float]) -> Any:
        """The loss that is minimized, a float32 scalar; losses: scalars by name. weights: how much each matters, by name."""
        raise NotImplementedError


@keras.saving.register_keras_serializable(package="specc")
class Uncertainty(Balancer):
    """The sum over losses L of exp(-s) w L + s / 2, with a learned s for each, which starts at 0 [Kendall, Gal and Cipolla
    2018]. s is the logarithm of a variance: what is noisy counts less.

    For a loss that stays as it is, the best s is log(2 w L), and its part is then (1 + log(2 w L)) / 2: so losses count by
    their logarithms, and a weight w only moves s. A loss of 0, as of a batch in which no row counts for it, lowers s a little.

    Args:
        names: the losses, in the order of `s`, float32 (n,).

    Raises:
        ValueError: no names, or a name twice; of `total`, losses of other names.
    """

    def __init__(self, names: Sequence[str], name: str = "uncertainty", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        if not names or len(set(names)) < len(names):
            raise ValueError(f"needs names, each of them once, not {list(names)}")
        self.names = tuple(names)
        self.s = self.add_weight(name="s", shape=(len(names),), dtype="float32", initializer="zeros", autocast=False)
        self.built = True

    def total(self, losses: Mapping[str, Any], weights: Mapping[str, float]) -> Any:
        """The sum, a float32 scalar."""
        if set(losses) != set(self.names):
            raise ValueError(f"balances {', '.join(self.names)}, and is given {', '.join(losses)}")
        weighted = ops.stack([ops.cast(losses[name], "float32") * weights[name] for name in self.names])
        return ops.sum(ops.exp(-self.s) * weighted + self.s / 2)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the same layer of."""
        return {**super().get_config(), "names": list(self.names)}
