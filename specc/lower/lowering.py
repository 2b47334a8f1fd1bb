"""Spec to Program: the order of the lowering, and what goes around the nodes: candidates, objectives, exports, measures."""

from __future__ import annotations

from typing import Any

from specc import registry
from specc.ir import program as out
from specc.ir.base import Word
from specc.ir.spec import Loss, OptimizerGroup, Spec
from specc.lower.builder import Builder
from specc.lower.notes import notes
from specc.lower.objects import component, made
from specc.lower.passes.mixing import mixed_together
from specc.lower.passes.precision import with_bfloat16
from specc.lower.places import places
from specc.lower.rows import entity_of, lower_data
from specc.registry.loss import Loss as LossWord
from specc.registry.metric import Metric as MetricWord
from specc.registry.optimizer import group_of
from specc.registry.sampler import Sampler
from specc.targets.catalogue import allowed

LOSSES = {
    "bce": "keras.losses.BinaryCrossentropy",
    "mse": "keras.losses.MeanSquaredError",
    "softmax": "specc.runtime.layers.losses.PerRow",
}


def lower(spec: Spec) -> out.Program:
    """The Program of a Spec."""
    build = Builder(spec)
    networks: list[out.Network] = []
    retrievals = [loss for loss in spec.losses if loss.retrieval is not None]
    for loss in retrievals:
        networks.append(_candidates(loss, spec, build))
    main = _main_nodes(spec)
    build.lower(main, lambda node: node.owner)
    exports = _exports(spec, build)
    inputs = list(build.inputs.values())
    names = [i.name for i in inputs if not i.name.endswith("_candidate")]
    networks.append(out.Network(role="model", name=spec.name, inputs=names, outputs=exports))
    outputs: dict[str, str] = {}
    targets: list[str] = []
    for loss in spec.losses:
        if loss.retrieval is None:
            outputs[loss.name] = build.result(loss.node).name
        else:
            targets.append(_positive(loss, build))
            outputs[loss.name] = _softmax(loss, spec, build)
    if outputs:
        networks.append(out.Network(role="training", name=f"{spec.name}Training", inputs=[*names, *targets], outputs=outputs))
    if build.gates:
        networks.append(out.Network(role="gates", name=f"{spec.name}Gates", inputs=names, outputs=build.gates))
    build.prune(networks)
    build.steps, build.layers = mixed_together(build.steps, build.layers, build.inputs)
    training = _training(spec, build)
    program = out.Program(
        name=spec.name,
        source=spec.source,
        sha256=spec.sha256,
        comment=spec.comment,
        sizes=_sizes(spec, build),
        inputs=list(build.inputs.values()),
        layers=list(build.layers.values()),
        table_groups=_table_groups(build, training),
        steps=build.steps,
        sections=_sections(spec, build),
        notes=list(notes(spec, build)),
        networks=networks,
        objectives=[_objective(loss) for loss in spec.losses],
        measures=[_measure(metric, spec) for metric in spec.metrics],
        data=lower_data(spec, list(build.inputs)),
        training=training,
        places=places(spec),
    )
    return with_bfloat16(program, build.predictions) if spec.training.precision == "bfloat16" else program


def _main_nodes(spec: Spec) -> list[str]:
    """All nodes that predictions and queries read, declaration by declaration, each after what it reads."""
    roots = [head.node for head in spec.heads] + [loss.node for loss in spec.losses]
    alive = _behind(roots, spec)
    order = [node for node in spec.nodes if node.id in alive]
    last = {node.owner: place for place, node in enumerate(order)}
    return [node.id for node in sorted(order, key=lambda n: last[n.owner])]


def _behind(roots: list[str], spec: Spec) -> set[str]:
    nodes = {node.id: node for node in spec.nodes}
    stack, seen = list(roots), set()
    while stack:
        name = stack.pop()
        if name in seen or name not in nodes:
            continue
        seen.add(name)
        for refs in nodes[name].inputs.values():
            stack.extend(refs if isinstance(refs, list) else [refs])
    return seen


# Retrieval


def _candidates(loss: Loss, spec: Spec, build: Builder) -> out.Network:
    """The network from a candidate's id to its vector."""
    r = loss.retrieval
    assert r is not None
    ids = build.name(f"{loss.name}_candidate")
    build.inputs[ids] = out.Input(name=ids, dtype="int32", shape=[])
    section = f"candidates of {loss.name}"
    alive = _behind([r.vector], spec)
    order = [node.id for node in spec.nodes if node.id in alive]
    build.lower(order, lambda node: section, prefix=f"{loss.name}_candidates.", lookup={"key": (r.column, ids)})
    vector = build.candidate_results[r.vector].name
    return out.Network(
        role=f"candidates_{loss.name}", name=f"{spec.name}Candidates", inputs=[ids], outputs={"": vector}, after=section
    )


def _positive(loss: Loss, build: Builder) -> str:
    name = build.name(f"{loss.name}_positive")
    build.inputs[name] = out.Input(name=name, dtype="int32", shape=[])
    return name


def _softmax(loss: Loss, spec: Spec, build: Builder) -> str:
    """The per-row loss of a retrieval loss, as a layer of the training network."""
    r = loss.retrieval
    assert r is not None
    column = build.columns[r.column]
    assert column.vocabulary is not None
    vocabulary = next(v for v in spec.vocabularies if v.name == column.vocabulary)
    size = out.Size(size=vocabulary.name)
    ids = {} if entity_of(r, spec) is None else {"ids": out.CandidateIds(candidates=loss.name)}
    config: dict[str, Any] = {
        "candidates": out.ModelRef(model=f"candidates_{loss.name}"),
        "low": vocabulary.first,
        "high": size,
        "temperature": None if r.temperature == 1.0 else r.temperature,
    }
    args = [build.result(loss.node).name, build.name(f"{loss.name}_positive")]
    if r.negatives is None:
        target = "specc.runtime.layers.softmax.FullSoftmax"
        return build.add(f"loss {loss.name}", f"{loss.name}.softmax", target, args, config | ids)
    samplers = []
    for word in r.negatives:
        entry = registry.find("samplers", word.name)
        assert isinstance(entry, Sampler)
        if word.name == "in_batch":
            config["in_batch"] = True
            continue
        given: dict[str, Any] = {k: v for k, v in word.config.items() if k != "min_id"} | {
            "low": vocabulary.first,
            "high": size,
        }
        if word.config.get("min_id"):
            given["min_id"] = word.config["min_id"]
        # What is no candidate has no counts.
        given |= {"counts": out.Counts(counts=loss.name)} if entry.counts else ids
        samplers.append(out.Made(target=allowed(entry.target), config=given))
    if samplers:
        config["samplers"] = samplers
    if r.logq:
        config["logq"] = True
        if config.get("in_batch"):
            config["counts"] = out.Counts(counts=loss.name)
    return build.add(f"loss {loss.name}", f"{loss.name}.softmax", "specc.runtime.layers.softmax.SampledSoftmax", args, config)


# What is exported, learned and measured


def _exports(spec: Spec, build: Builder) -> dict[str, str]:
    """Probabilities and quantities by head name, query vectors by retrieval loss."""
    out_names: dict[str, str] = {}
    found: list[tuple[str, str, str]] = [(head.name, head.node, head.scale) for head in spec.heads]
    found += [(loss.name, loss.node, loss.scale) for loss in spec.losses if loss.head is None and loss.retrieval is None]
    for name, node, scale in found:
        value = build.result(node).name
        if scale == "Logit":
            value = build.add("predictions", f"{name}.probability", "keras.ops.sigmoid", [value], {})
        out_names[name] = value
    for loss in spec.losses:
        if loss.retrieval is not None:
            out_names[loss.name] = build.result(loss.node).name
    return out_names


def _objective(loss: Loss) -> out.Objective:
    entry = registry.find("losses", loss.word)
    assert isinstance(entry, LossWord)
    config: dict[str, Any] = {"reduction": "mean_with_sample_weight"}
    if loss.word == "bce" and loss.scale == "Logit":
        config = {"from_logits": True, **config}
    if loss.retrieval is not None:
        config = {}
    return out.Objective(
        name=loss.name,
        target=allowed(LOSSES[loss.word]),
        config=config,
        weight=loss.weight,
        label=loss.label,
        where=loss.where,
        row_weight=loss.row_weight,
        candidates=loss.retrieval.column if loss.retrieval else None,
    )


def _measure(metric: Any, spec: Spec) -> out.Measure:
    entry = registry.find("metrics", metric.word)
    assert isinstance(entry, MetricWord)
    loss = next((one for one in spec.losses if one.name == metric.of), None)
    column = loss.retrieval.column if loss is not None and loss.retrieval is not None else None
    of_head = any(head.name == metric.of for head in spec.heads)
    return out.Measure(
        name=metric.name,
        output=loss.head if loss is not None and loss.head is not None and not of_head else metric.of,
        target=allowed(entry.target),
        better="min" if entry.better == "min" else "max",
        k=metric.k,
        label=metric.label,
        where=metric.where if not (metric.where is None and entry.ranking and loss is not None) else loss.where,
        row_weight=metric.row_weight,
        by=metric.by,
        candidates=column,
        seen_by=_user(column, spec) if metric.seen == "remove" and column is not None else None,
    )


def _user(candidate: str, spec: Spec) -> str | None:
    """Whose rows show what was seen: the `by` of a history of the candidate, else of the split."""
    for column in spec.columns:
        if column.derived is not None and column.derived.kind == "history" and column.derived.config["column"] == candidate:
            return str(column.derived.config["by"])
    if spec.data.split is not None and spec.data.split.name == "leave_last":
        return str(spec.data.split.config["by"])
    return None


def _sizes(spec: Spec, build: Builder) -> dict[str, int | None]:
    used = {build.tables[t].vocabulary for t in build.table_layers.values()}
    used |= {build.columns[loss.retrieval.column].vocabulary or "" for loss in spec.losses if loss.retrieval}
    return {v.name: v.size for v in spec.vocabularies if v.name in used}


def _sections(spec: Spec, build: Builder) -> list[out.Section]:
    declared = {d.name: d for d in spec.declarations if d.kind in ("tower", "experts", "head")}
    names = list(dict.fromkeys(step.section for step in build.steps))
    return [
        out.Section(name=name, kind=declared[name].kind, comment=declared[name].comment)
        if name in declared
        else out.Section(name=name, kind="")
        for name in names
    ]


# Training


def _training(spec: Spec, build: Builder) -> out.TrainingProgram:
    t = spec.training
    monitor = t.early_stop[0] if t.early_stop else None
    better = next((m for m in spec.metrics if m.name == monitor), None)
    entry = registry.find("metrics", better.word) if better else None
    groups = _groups(t.groups, spec, build)
    grouped = {layer for group in groups for layer in group.layers}
    return out.TrainingProgram(
        batch=t.batch,
        epochs=t.epochs,
        seed=t.seed,
        shuffle=t.shuffle,
        optimizer=_optimizer(t.optimizer, any(layer not in grouped for layer in build.table_layers)),
        groups=groups,
        monitor=monitor,
        better="min" if isinstance(entry, MetricWord) and entry.better == "min" else "max",
        patience=t.early_stop[1] if t.early_stop else 0,
    )


def _table_groups(build: Builder, training: out.TrainingProgram) -> list[list[str]]:
    """Tables of one width that one optimizer updates: they share a variable, unless it looks at each variable's gradient."""
    optimizers: dict[str | None, out.OptimizerSpec] = {None: training.optimizer}
    optimizers |= {group.name: group.optimizer for group in training.groups}
    own = {layer: group.name for group in training.groups for layer in group.layers}
    found: dict[tuple[int, str | None], list[str]] = {}
    for layer, table in build.table_layers.items():
        if "clipnorm" not in optimizers[own.get(layer)].config:
            found.setdefault((build.tables[table].dim, own.get(layer)), []).append(layer)
    return [layers for layers in found.values() if len(layers) > 1]


def _optimizer(word: Any, tables: bool) -> out.OptimizerSpec:
    """tables: whether it updates some, and does so by rows."""
    found, _ = component("optimizers", word)
    config = dict(word.config)
    if isinstance(rate := config.get("learning_rate"), dict):
        schedule, arguments = component("schedules", Word.model_validate(rate))
        config["learning_rate"] = schedule.lower(arguments)
    optimizer = made(found.lower(config, tables))
    return out.OptimizerSpec(target=optimizer.target, config=optimizer.config)


def _groups(groups: list[OptimizerGroup], spec: Spec, build: Builder) -> list[out.OptimizerGroup]:
    """Which layers each group's optimizer updates: a set before all tables, a block before a tower."""
    named = {group.name for group in groups}
    alive = [layer for layer in build.callers if layer in build.layers]
    taken: dict[str, str | None] = {layer: group_of(build.callers[layer], named) for layer in alive}
    for layer, table in build.table_layers.items():
        set_name = build.tables[table].set
        taken[layer] = set_name if set_name in named and set_name else "tables"
    found = []
    for group in groups:
        layers = [layer for layer, name in taken.items() if name == group.name]
        tables = any(layer in build.table_layers for layer in layers)
        found.append(out.OptimizerGroup(name=group.name, layers=layers, optimizer=_optimizer(group.optimizer, tables)))
    return found
