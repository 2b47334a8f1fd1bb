"""Initial weights that depend on names and a seed, and not on the order in which layers were made."""

import hashlib
import random
import re
from typing import Any

import keras


def derived_seed(seed: int, *names: str) -> int:
    """A seed in [0, 2^31) of a seed and names: the same on every machine and in every process."""
    digest = hashlib.sha256("\0".join([str(seed), *names]).encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def layers_by_path(layer: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Every layer inside `layer` by the names that lead to it, itself included; a shared one on each of its ways.

    In a model names are the user's, and unique. Inside other layers Keras may have numbered them in the order in which the
    process made them: so there a number at the end does not count, and of two layers of one name the second is "name:1", in
    the order in which the layer holds them.
    """
    found = {path: layer}
    taken: dict[str, int] = {}
    for child in layer._flatten_layers(include_self=False, recursive=False):
        name = child.name if isinstance(layer, keras.Model) else re.sub(r"_\d+$", "", child.name)
        number = taken[name] = taken.get(name, -1) + 1
        name = f"{name}:{number}" if number else name
        found.update(layers_by_path(child, (*path, name)))
    return found


def redraw(layer: Any, seed: int, path: tuple[str, ...]) -> None:
    """Draws a layer's own weights again, by its own initializers; those of layers inside it stay as they are.

    The weights come from a second layer of the same configuration and shape, so every kind of layer draws as it always does; a
    layer with a method `draw` takes them from its configuration alone, and needs no second table of its size.
    Python's generator is what Keras takes each seed from that was left open (`keras.utils.set_random_seed` says so).
    """
    inside = layer._flatten_layers(include_self=False)
    foreign = {id(variable) for child in inside for variable in child.variables}
    own = [i for i, variable in enumerate(layer.variables) if id(variable) not in foreign]
    if own and isinstance(layer, keras.Model):
        raise ValueError(f"the model {layer.name} has weights outside its layers, which cannot be drawn again")
    if not own or isinstance(layer, keras.metrics.Metric):
        return
    before = random.getstate()
    random.seed(derived_seed(seed, *path))
    try:
        twin = type(layer).from_config(layer.get_config())
        if hasattr(layer, "draw"):
            layer.draw(twin.initializer)
            return
        if not twin.built:
            twin.build_from_config(layer.get_build_config())
    finally:
        random.setstate(before)
    weights = {id(weight) for weight in twin.weights}
    # What was fitted or given (statistics, lookups, a catalogue) is not an initial weight: only generators are set there.
    keeps = hasattr(layer, "adapt") or getattr(layer, "carries_data", False)
    for i in own:
        if not (keeps and id(twin.variables[i]) in weights):
            layer.variables[i].assign(twin.variables[i].value)


def initialize(model: keras.Model, seed: int) -> None:
    """Gives a built model the initial weights, and its random layers (dropout, samplers) the generators, of `seed`.

    Each layer draws by its own initializers with a seed of its own, derived from `seed` and the names that lead to it (of a
    shared layer: of the shortest way, and among those the first by name). So neither the order in which layers were made nor
    what else the process did matters. A seed that a layer's configuration chose stays. Layers that carry data keep it.

    Raises:
        ValueError: the model is not built, or has weights outside its layers.
    """
    if not model.built:
        raise ValueError("the model is not built yet, so there is nothing to initialize")
    paths = layers_by_path(model)
    seen: set[int] = set()
    for path in sorted(paths, key=lambda path: (len(path), path)):
        if id(paths[path]) not in seen:
            seen.add(id(paths[path]))
            redraw(paths[path], seed, path)
