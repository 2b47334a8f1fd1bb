"""How a model is trained: its optimizers, what each of them updates, and how losses are balanced."""

from __future__ import annotations

from specc.ir import program as out
from specc.ir.base import ComponentConfig
from specc.ir.spec import OptimizerGroup, Spec
from specc.lower.builder import Builder
from specc.lower.objects import component_of, lowered
from specc.registry.optimizer import group_of
from specc.targets.catalogue import allowed

BALANCED = "specc.runtime.training.balanced.BalancedModel"


def balanced(spec: Spec) -> tuple[str, dict[str, out.Value]]:
    """The class of the training network and its configuration: one that balances losses, or any."""
    if spec.training.balance is None:
        return out.MODEL, {}
    return allowed(BALANCED), {"balancer": lowered("balancers", spec.training.balance, [loss.name for loss in spec.losses])}


def lower_training(spec: Spec, build: Builder) -> out.TrainingProgram:
    """The `train` block."""
    t = spec.training
    monitor = t.early_stop[0] if t.early_stop else None
    better = next((m for m in spec.metrics if m.name == monitor), None)
    metric = component_of("metrics", ComponentConfig(name=better.component, config=better.config))[0] if better else None
    groups = _groups(t.groups, spec, build)
    grouped = {layer for group in groups for layer in group.layers}
    tables = any(layer not in grouped for layer in build.table_layers)
    return out.TrainingProgram(
        batch=t.batch,
        epochs=t.epochs,
        seed=t.seed,
        shuffle=t.shuffle,
        precision=t.precision,
        optimizer=lowered("optimizers", t.optimizer, tables),
        groups=groups,
        monitor=monitor,
        **({"better": metric.better} if metric is not None else {}),
        patience=t.early_stop[1] if t.early_stop else 0,
    )


def _groups(groups: list[OptimizerGroup], spec: Spec, build: Builder) -> list[out.OptimizerGroup]:
    """Which layers each group's optimizer updates: a set before all tables, a block before a tower."""
    named = {group.name for group in groups}
    taken: dict[str, str | None] = {layer: group_of(callers, named) for layer, callers in build.callers.items()}
    for layer, table in build.table_layers.items():
        set_name = build.tables[table].set
        taken[layer] = set_name if set_name in named and set_name else "tables"
    found = []
    for group in groups:
        layers = [layer for layer, name in taken.items() if name == group.name]
        tables = any(layer in build.table_layers for layer in layers)
        found.append(
            out.OptimizerGroup(name=group.name, layers=layers, optimizer=lowered("optimizers", group.optimizer, tables))
        )
    return found
