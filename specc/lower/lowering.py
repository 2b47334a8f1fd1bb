"""Spec to Program: the network node by node, what is exported and learned around it, and the passes over the whole."""

from __future__ import annotations

from specc.ir import program as out
from specc.ir.spec import Spec
from specc.lower.builder import Builder
from specc.lower.comments import notes, sections
from specc.lower.metrics import metric_spec
from specc.lower.passes import PASSES
from specc.lower.places import places
from specc.lower.rows import lower_data
from specc.lower.scoring import Scoring, behind
from specc.lower.updates import balanced, lower_training


def lower(spec: Spec) -> out.Program:
    """The Program of a Spec."""
    build = Builder(spec)
    scoring = Scoring(spec, build)
    networks = [scoring.candidates(loss) for loss in spec.losses if loss.retrieval is not None]
    build.lower(_main_nodes(spec), lambda node: node.owner)
    exports = _exports(spec, build, scoring)
    inputs = [tensor.name for tensor in build.inputs.values() if tensor.column is not None]
    networks.append(out.Network(role="model", name=spec.name, inputs=inputs, outputs=exports))
    outputs = {loss.name: scoring.output(loss) for loss in spec.losses}
    if outputs:
        target, config = balanced(spec)
        read = [*inputs, *scoring.positives]
        networks.append(
            out.Network(
                role="training", name=f"{spec.name}Training", target=target, config=config, inputs=read, outputs=outputs
            )
        )
    if build.gates:
        networks.append(out.Network(role="gates", name=f"{spec.name}Gates", inputs=inputs, outputs=build.gates))
    program = out.Program(
        name=spec.name,
        source=spec.source,
        sha256=spec.sha256,
        comment=spec.comment,
        sizes=_sizes(spec, build),
        inputs=list(build.inputs.values()),
        layers=list(build.layers.values()),
        calls=build.calls,
        networks=networks,
        losses=[scoring.loss(loss) for loss in spec.losses],
        metrics=[metric_spec(metric, spec) for metric in spec.metrics],
        data=lower_data(spec, list(build.inputs)),
        training=lower_training(spec, build),
        places=places(spec),
    )
    for each in PASSES:
        program = each(program)
    return program.model_copy(update={"sections": sections(spec, program), "notes": list(notes(spec, build, program))})


def _main_nodes(spec: Spec) -> list[str]:
    """All nodes that predictions and queries read, declaration by declaration, each after what it reads."""
    alive = behind([head.node for head in spec.heads] + [loss.node for loss in spec.losses], spec)
    order = [node for node in spec.nodes if node.id in alive]
    last = {node.owner: place for place, node in enumerate(order)}
    return [node.id for node in sorted(order, key=lambda n: last[n.owner])]


def _exports(spec: Spec, build: Builder, scoring: Scoring) -> dict[str, str]:
    """Probabilities and quantities by head name, query vectors by retrieval loss."""
    out_names: dict[str, str] = {}
    found: list[tuple[str, str, str]] = [(head.name, head.node, head.scale) for head in spec.heads]
    found += [(loss.name, loss.node, loss.scale) for loss in spec.losses if loss.head is None and loss.retrieval is None]
    for name, node, scale in found:
        value = build.result(node).name
        if scale == "Logit":
            value = build.add("predictions", f"{name}.probability", "keras.ops.sigmoid", [value])
        out_names[name] = value
    for loss in spec.losses:
        if loss.retrieval is not None:
            out_names[loss.name] = scoring.query(loss)
    return out_names


def _sizes(spec: Spec, build: Builder) -> dict[str, int | None]:
    """The vocabularies that the network needs to know the size of."""
    used = {build.tables[t].vocabulary for t in build.table_layers.values()}
    used |= {build.columns[loss.retrieval.column].vocabulary or "" for loss in spec.losses if loss.retrieval}
    return {v.name: v.size for v in spec.vocabularies if v.name in used}
