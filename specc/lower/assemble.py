"""From the checker's light classes to the pydantic Spec: the one place where both meet."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from specc.diagnostics import InternalError, errors_in
from specc.ir import spec as ir
from specc.ir.base import ComponentConfig, Expression, Place
from specc.registry.columns import Column as LightColumn
from specc.registry.rows import Row
from specc.resolve.graph import Table
from specc.resolve.losses import ResolvedLoss
from specc.resolve.metrics import ResolvedMetric
from specc.resolve.resolved import Resolved
from specc.resolve.session import Session
from specc.resolve.sources import ComponentCall
from specc.resolve.unused import reachable
from specc.text import Span


def assemble(resolved: Resolved, source: str, sets: dict[str, str]) -> ir.Spec:
    """The Spec of a resolution without mistakes; `source` is the main file's name, `sets` the overrides that went in."""
    if errors_in(resolved.diagnostics):
        raise InternalError("a spec with mistakes has no IR")
    session = resolved.session
    roots = [loss.node for loss in resolved.losses.values()]
    roots += [loss.retrieval.node for loss in resolved.losses.values() if loss.retrieval]
    roots += [head.node for head in session.heads.values()]
    alive = reachable(roots, session)
    nodes = [n for n in session.nodes.values() if n.id in alive]
    read = {str(n.config["table"]) for n in nodes if "table" in n.config}
    tables = [_table(table) for table in session.tables.values() if table.name in read]
    biases = _biases(resolved, {table.name for table in tables})
    digest = hashlib.sha256()
    overrides = [f"{name}={value}" for name, value in sorted(sets.items())]
    for text in [*(text.text for text in session.sources), *overrides]:
        digest.update(text.encode() + b"\0")
    return ir.Spec(
        name=session.model or _camel(source),
        source=source,
        sha256=digest.hexdigest(),
        comment=_opening_comment(session.sources[0].text),
        schemas=[ir.Schema(name=s.name, key=s.key, at=_place(s.span)) for s in session.schemas.values()],
        columns=[_column(c) for c in in_order(session)],
        vocabularies=[
            ir.Vocabulary(name=v.name, size=v.size, first=v.first, columns=list(dict.fromkeys(v.columns)))
            for v in session.vocabularies.values()
        ],
        tables=[*tables, *biases.values()],
        declarations=list(_declarations(session)),
        nodes=[
            ir.Node(
                id=n.id,
                op=n.op,
                inputs=n.inputs,
                config=n.config,
                type=n.type,
                shape=n.shape,
                owner=n.owner,
                weights=n.weights,
                blocks=list(n.blocks),
                at=_place(n.span),
            )
            for n in nodes
        ],
        heads=[ir.Head(name=h.name, node=h.node, scale=h.scale) for h in session.heads.values()],
        losses=[_loss(loss, biases) for loss in resolved.losses.values()],
        metrics=[_metric(metric) for metric in resolved.metrics.values()],
        data=_data(resolved),
        training=_training(resolved),
    )


def _table(table: Table) -> ir.Table:
    return ir.Table(
        name=table.name,
        vocabulary=table.vocabulary.name,
        set=table.set,
        dim=table.dim,
        init=None if table.init is None else ComponentConfig.model_validate(table.init),
        l2=table.l2,
    )


def _biases(resolved: Resolved, taken: set[str]) -> dict[str, ir.Table]:
    """The tables of candidates' biases, by loss. taken: the names of other tables; a set may be called like the loss."""
    found: dict[str, ir.Table] = {}
    for loss in resolved.losses.values():
        if loss.retrieval is None or loss.retrieval.biases is None:
            continue
        assert loss.retrieval.column.vocabulary is not None
        name = f"{loss.name}.bias"
        while name in taken:
            name += ".loss"
        init, config = loss.retrieval.biases
        vocabulary = loss.retrieval.column.vocabulary.name
        found[loss.name] = ir.Table(
            name=name, vocabulary=vocabulary, set=None, dim=1, init=ComponentConfig(name=init, config=config)
        )
        taken.add(name)
    return found


def in_order(session: Session) -> list[LightColumn]:
    """Columns and labels as the schemas declare them: a file without a header is bound in this order."""
    places = {name: place for place, name in enumerate(session.schemas)}
    columns = [*session.columns.values(), *session.labels.values()]
    return sorted(columns, key=lambda c: (places[c.schema], c.span.start))


def _declarations(session: Session) -> Iterator[ir.Declaration]:
    """What generated source says of declarations; sets of embeddings and the data are there for their comments alone."""
    for one in session.values.values():
        if one.kind != "param" and one.name != "*":
            kind = "block" if one.kind == "shared" else one.kind
            yield ir.Declaration(name=one.name, kind=kind, comment=_comment(one.item.span))
    for name, declared in session.set_items.items():
        lines = [line for each in declared for line in _comment(each.item.span)]
        yield ir.Declaration(name=name, kind="embeddings", comment=lines)
    lines = [line for item in session.data_items for line in _comment(item.span)]
    yield ir.Declaration(name="", kind="data", comment=lines)


def _camel(name: str) -> str:
    stem = re.sub(r"\W+", "_", name.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".rec"))
    camel = "".join(part[:1].upper() + part[1:] for part in stem.split("_") if part)
    return camel if camel[:1].isalpha() else f"Model{camel}"


def _comment(span: Span) -> list[str]:
    """The comment lines directly above a declaration."""
    source = span.source
    line, _ = source.position(span.start)
    out: list[str] = []
    while line > 1:
        line -= 1
        text = source.line(line).strip()
        if not text.startswith("#"):
            break
        out.insert(0, text.lstrip("#").strip())
    return out


def _opening_comment(text: str) -> list[str]:
    """The first comment lines of a spec that stand alone, with an empty line after them: what the model is."""
    block: list[str] = []
    for line in (line.strip() for line in text.splitlines()):
        if line.startswith("#"):
            block.append(line.lstrip("#").strip())
        elif block and not line:
            return block
        else:
            block = []
    return []


def _column(c: LightColumn) -> ir.Column:
    derived = ir.Derived(kind=c.derived[0], config=c.derived[1]) if c.derived else None
    return ir.Column(
        name=c.name,
        table=c.schema,
        storage=ir.Storage(
            element=c.storage.element, shape=c.shape, size=c.storage.size, nullable=c.storage.nullable, raw=c.storage.raw
        ),
        derived=derived,
        encoders=[
            ComponentConfig(name=e.name, config={k: v for k, v in e.config.items() if v is not None}) for e in c.encodings
        ],
        gives=c.gives,
        vocabulary=c.vocabulary.name if c.vocabulary else None,
        axis=c.axis.name if c.axis else None,
        tags=list(c.tags),
        label=c.is_label,
        at=_place(c.span),
    )


def _place(span: Span) -> Place:
    return Place(file=span.source.name, start=span.start, end=span.end)


def _row(row: Row | None) -> Expression | None:
    return None if row is None else Expression.model_validate(row.tree)


def _loss(loss: ResolvedLoss, biases: dict[str, ir.Table]) -> ir.Loss:
    r = loss.retrieval
    retrieval = r and ir.Retrieval(
        column=r.column.name,
        entity=r.entity,
        vector=r.node,
        width=r.width,
        negatives=None if r.negatives is None else [ComponentConfig(name=name, config=config) for name, config in r.negatives],
        biases=biases[loss.name].name if loss.name in biases else None,
    )
    return ir.Loss(
        name=loss.name,
        component=loss.component.name,
        config=loss.config,
        node=loss.node,
        scale=loss.scale,
        head=loss.head,
        weight=loss.weight,
        label=_row(loss.label),
        where=_row(loss.where),
        row_weight=_row(loss.row_weight),
        retrieval=retrieval or None,
        at=_place(loss.declared_at),
    )


def _metric(metric: ResolvedMetric) -> ir.Metric:
    return ir.Metric(
        name=metric.name,
        of=metric.of,
        component=metric.component.name,
        config=metric.config,
        k=metric.k,
        label=_row(metric.label),
        where=_row(metric.where),
        row_weight=_row(metric.row_weight),
        by=metric.by.name if metric.by else None,
        seen=metric.seen,
        at=_place(metric.span),
    )


def _data(resolved: Resolved) -> ir.Data:
    def data_call(call: ComponentCall[Any], at: Span) -> ir.DataCall:
        return ir.DataCall(name=call.name, config={k: v for k, v in call.config.items() if v is not None}, at=_place(at))

    data = resolved.data
    return ir.Data(
        sources={name: data_call(call, call.bound.at(next(iter(call.component.args)))) for name, call in data.sources.items()},
        rows=data_call(data.rows, data.rows.span) if data.rows else None,
        split=data_call(data.split, data.split.span) if data.split else None,
    )


def _training(resolved: Resolved) -> ir.Training:
    training = resolved.training
    groups = [
        ir.OptimizerGroup(name=key, optimizer=ComponentConfig(name=name, config=config))
        for key, (name, config) in training.optimizers.items()
    ]
    options = dict(training.options)
    if (balance := options.pop("balance")) is not None:
        component, bound = balance
        options["balance"] = ComponentConfig(name=component.name, config=bound.plain())
    name, config = training.optimizer
    return ir.Training(
        **options, optimizer=ComponentConfig(name=name, config=config), groups=groups, early_stop=training.early_stop
    )
