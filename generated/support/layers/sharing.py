"""Layers that hold other layers of the model, such that after loading they again hold the same ones."""

from typing import Any

import keras


def shared_config(layer: Any) -> Any:
    """The configuration of a layer that other layers may hold too, such that after loading they again hold one layer.

    Keras marks an object as shared when it sees it again, but in a copy that is lost where it was first seen inside a layer's
    own configuration. So it is shown every one twice.
    """
    put_calls_back(layer)
    keras.saving.serialize_keras_object(layer)
    return keras.saving.serialize_keras_object(layer)


def revived(config: Any) -> Any:
    """The layer that `shared_config` described.

    Keras says which of a layer's calls a tensor is of by counting them, and a file counts only the calls of its own model. A
    model inside a layer's configuration is revived before the model around it, so on layers that both use its calls would come
    first and be taken for those of the outer one. So they are taken off here, and put back before it is saved again.
    """
    layer = keras.saving.deserialize_keras_object(config)
    for node in calls(layer):
        if node in node.operation._inbound_nodes:
            node.operation._inbound_nodes.remove(node)
    return layer


def calls(layer: Any) -> list[Any]:
    """The calls that a functional model consists of, first ones first; none for other layers."""
    depths = getattr(layer, "_nodes_by_depth", {})
    return [node for depth in sorted(depths, reverse=True) for node in depths[depth]]


def put_calls_back(layer: Any) -> None:
    """Gives layers the calls again that `revived` took off, behind those that came since."""
    missing = [node for node in calls(layer) if node not in node.operation._inbound_nodes]
    for node in missing:
        place = len(node.operation._inbound_nodes)
        node.operation._inbound_nodes.append(node)
        for tensor in node.output_tensors:
            tensor._keras_history = tensor._keras_history._replace(node_index=place)
    if missing:
        layer._nodes = keras.Model(layer.inputs, layer.outputs)._nodes
