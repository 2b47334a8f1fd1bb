"""Several optimizers for one model."""
# mypy: disable-error-code="misc"

import warnings
from typing import Any

import keras


@keras.saving.register_keras_serializable(package="specc")
class OptimizerGroups(keras.optimizers.Optimizer):
    """Hands each variable to the optimizer of its group, and what is in no group to the default.

    A variable is in a group if one of the names in its path (`layer/.../variable`) is among the group's layers. Clipping,
    weight decay and schedules are each optimizer's own; `iterations` counts the steps once.

    `learning_rate` is the default's. Setting it, as callbacks do, scales the groups' rates by the same factor, so that all keep
    their proportions; an optimizer with a schedule goes on following that.

    Args:
        default: the optimizer of all variables in no group.
        groups: optimizers by group name.
        layers: for each group, the names of its layers.

    Raises:
        ValueError: groups and layers name different groups; and, when the variables are known, a group without a variable
            or a variable in two groups.
    """

    def __init__(
        self,
        default: keras.optimizers.Optimizer,
        groups: dict[str, keras.optimizers.Optimizer],
        layers: dict[str, list[str]],
        name: str = "optimizer_groups",
        **kwargs: Any,
    ) -> None:
        if set(groups) != set(layers):
            raise ValueError(f"optimizers for {sorted(groups)}, but layers for {sorted(layers)}")
        super().__init__(learning_rate=lambda: default.learning_rate, name=name, **kwargs)
        self.default = default
        self.groups = dict(groups)
        self.layers = {group: list(names) for group, names in layers.items()}
        rate = float(default.learning_rate)
        self.proportions = {group: float(o.learning_rate) / rate if rate else 1.0 for group, o in groups.items()}

    def group_of(self, path: str) -> str | None:
        """The group that a variable's path falls in, or None for the default's."""
        names = set(path.split("/"))
        found = [group for group, layers in self.layers.items() if names.intersection(layers)]
        if len(found) > 1:
            raise ValueError(f"variable {path} is in {len(found)} optimizer groups: {', '.join(found)}")
        return found[0] if found else None

    def build(self, variables: Any) -> None:
        """Builds each optimizer with its variables."""
        if self.built:
            return
        places = [self.group_of(variable.path) for variable in variables]
        for group in self.groups:
            if group not in places:
                raise ValueError(f"no variable is in optimizer group {group}, of the layers {self.layers[group]}")
        for member, optimizer in self.members():
            own = [v for v, place in zip(variables, places, strict=True) if place == member]
            if own:
                optimizer.build(own)
        super().build(variables)

    def members(self) -> list[tuple[str | None, keras.optimizers.Optimizer]]:
        """Each group's name, None for the default, and its optimizer."""
        return [(None, self.default), *self.groups.items()]

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """One step of every optimizer on its part of the gradients.

        Raises:
            ValueError: no gradient at all, or none was built and no variables are given.
        """
        grads = list(grads)
        if not self.built:
            if trainable_variables is None:
                raise ValueError("the optimizer is not built: call `build`, or give the variables")
            self.build(list(trainable_variables))
        variables = self._trainable_variables if trainable_variables is None else list(trainable_variables)
        if all(gradient is None for gradient in grads):
            raise ValueError("no gradients for any variable")
        for group, optimizer in self.members():
            pairs = [(g, v) for g, v in zip(grads, variables, strict=True) if self.group_of(v.path) == group]
            if any(gradient is not None for gradient, _ in pairs):
                optimizer.apply([g for g, _ in pairs], [v for _, v in pairs])
            elif pairs:
                warnings.warn(f"no gradients for {[v.path for _, v in pairs]}", stacklevel=2)
        self.iterations.assign_add(1)

    @property
    def variables(self) -> list[Any]:
        """Its own count of steps, then the optimizers' variables."""
        return [*super().variables, *(v for _, optimizer in self.members() for v in optimizer.variables)]

    @property
    def learning_rate(self) -> Any:
        """The default's learning rate."""
        return self.default.learning_rate

    @learning_rate.setter
    def learning_rate(self, rate: Any) -> None:
        self.default.learning_rate = rate
        for group, optimizer in self.groups.items():
            if not isinstance(optimizer.get_config()["learning_rate"], dict):
                optimizer.learning_rate = float(rate) * self.proportions[group]

    def finalize_variable_values(self, var_list: Any) -> None:
        """Lets each optimizer finish its variables, as moving averages of weights need."""
        for group, optimizer in self.members():
            own = [v for v in var_list if self.group_of(v.path) == group]
            if own:
                optimizer.finalize_variable_values(own)

    def save_own_variables(self, store: Any) -> None:
        """Only its own: Keras visits the optimizers inside by itself."""
        for i, variable in enumerate(super().variables):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Only its own: Keras visits the optimizers inside by itself."""
        for i, variable in enumerate(super().variables):
            variable.assign(store[str(i)])

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the same optimizer of."""
        serialize = keras.saving.serialize_keras_object
        groups = {group: serialize(optimizer) for group, optimizer in self.groups.items()}
        layers = {group: list(names) for group, names in self.layers.items()}
        return {"name": self.name, "default": serialize(self.default), "groups": groups, "layers": layers}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "OptimizerGroups":
        """The optimizer that `get_config` described."""
        config = dict(config)
        deserialize = keras.saving.deserialize_keras_object
        default = deserialize(config.pop("default"), custom_objects)
        groups = {group: deserialize(each, custom_objects) for group, each in config.pop("groups").items()}
        return cls(default, groups, **config)
