"""Tables of one width that one optimizer updates share a variable, which is updated in one go:

user = Embedding(dim=16)                              table_groups = [[user, movie]]
movie = Embedding(dim=16)                       ->
genres = Embedding(dim=8)
"""

from __future__ import annotations

from specc.ir.program import ObjectConfig, Program
from specc.targets.catalogue import target_of


def tables_together(program: Program) -> Program:
    """The Program with its tables in groups. An optimizer that looks at the gradient of each variable needs them apart."""
    training = program.training
    optimizers: dict[str | None, ObjectConfig] = {None: training.optimizer}
    optimizers |= {group.name: group.optimizer for group in training.groups}
    own = {layer: group.name for group in training.groups for layer in group.layers}
    found: dict[tuple[object, str | None], list[str]] = {}
    for layer in program.layers:
        group = own.get(layer.name)
        if target_of(layer.target).is_table and "clipnorm" not in optimizers[group].config:
            found.setdefault((layer.config["dim"], group), []).append(layer.name)
    return program.model_copy(update={"table_groups": [layers for layers in found.values() if len(layers) > 1]})
