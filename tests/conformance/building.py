"""Models of spec texts, and their weights by name: what the tests of this folder compare with formulas."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import keras
import numpy as np

from specc.backends.keras import Models, build_models, find
from specc.diagnostics.text import to_text
from specc.driver import Compilation
from specc.text import Source


class Built:
    """A spec text without mistakes as a Program and its Keras models."""

    def __init__(self, text: str, sets: dict[str, str] | None = None, **options: Any) -> None:
        self.compilation = Compilation(source=Source("spec.rec", text), sets=sets)
        assert not self.compilation.diagnostics, to_text(self.compilation.diagnostics)
        program, spec = self.compilation.program, self.compilation.spec
        assert program is not None
        assert spec is not None
        self.program, self.spec = program, spec
        self.models: Models = build_models(program, **options)

    @property
    def weights(self) -> dict[str, Any]:
        """The trained weights by path: `mix_level_1_a_expert_1_mlp_dense/kernel`."""
        return {v.path: v.numpy() for v in (self.models.training or self.models.model).trainable_variables}

    def set(self, **values: Any) -> None:
        """Assign weights by path; `__` stands for the slash."""
        variables = {v.path: v for v in (self.models.training or self.models.model).trainable_variables}
        for name, value in values.items():
            variables[name.replace("__", "/")].assign(value)

    def shake(self, seed: int = 0) -> dict[str, Any]:
        """Give all trained weights, biases too, normal values (so that none is 0 by chance), and return them."""
        random = np.random.default_rng(seed)
        for variable in (self.models.training or self.models.model).trainable_variables:
            variable.assign(random.normal(scale=0.5, size=variable.shape))
        return self.weights

    def size_of(self, prefix: str) -> tuple[int, int]:
        """How many trained variables begin with a prefix, and how many numbers they hold."""
        found = [value for path, value in self.weights.items() if path.startswith(prefix)]
        return len(found), sum(value.size for value in found)

    def read_by(self, inputs: Any, *layers: str) -> list[Any]:
        """What each layer reads when the model is called on inputs: the fields of a mixture are what its heads' layers read."""
        network = self.models.training or self.models.model
        values = keras.Model(network.inputs, {name: network.get_layer(name).input for name in layers})(inputs, training=False)
        return [np.asarray(values[name]) for name in layers]

    def compile(self, optimizer: Any = "sgd", **options: Any) -> Any:
        """The training model, compiled with the Keras losses and weights of the Program's objectives.

        Eager: to trace a graph takes longer than the few steps of a test.
        """
        losses = {o.name: find(o.target)(**o.config) for o in self.program.losses}
        factors = {o.name: o.weight for o in self.program.losses}
        self.models.training.compile(optimizer, loss=losses, loss_weights=factors, run_eagerly=True, **options)
        return self.models.training


@lru_cache(maxsize=32)
def built(text: str) -> Built:
    """The models of a text, made once: for tests that do not write to them."""
    return Built(text)


def codes(text: str, **options: Any) -> list[str]:
    """The codes of a text's diagnostics."""
    return [d.code for d in Compilation(source=Source("spec.rec", text), **options).diagnostics]


def multitask(topology: str, tasks: tuple[str, ...], width: int, head: str = "logit") -> str:
    """A spec of binary tasks over a ready vector `x` of a width."""
    labels = "\n".join(f"  label {task} : bool" for task in tasks)
    return f"""rec 1
model Tasks
schema rows {{
  x : vector({width})
{labels}
}}
tower mix = x -> {topology}
head *    = mix -> {head}
loss *    = bce
"""


def rows(width: int, count: int = 7, seed: int = 0) -> Any:
    """Standard normal rows, float32 (count, width)."""
    return np.random.default_rng(seed).normal(size=(count, width)).astype("float32")


def softmax(logits: Any) -> Any:
    """Over the last axis."""
    exp = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exp / exp.sum(axis=-1, keepdims=True)


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))."""
    return 1 / (1 + np.exp(-x))


def relu(x: Any) -> Any:
    """max(x, 0)."""
    return np.maximum(x, 0)


def dense(x: Any, weights: dict[str, Any], name: str) -> Any:
    """x W + b, without the bias where there is none."""
    return x @ weights[f"{name}/kernel"] + weights.get(f"{name}/bias", 0.0)
