"""The data side of a Program: what is read, derived, joined, split and encoded, and only what the model needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specc import registry
from specc.ir import program as out
from specc.ir.base import ComponentConfig, Expression
from specc.ir.check_data import reads
from specc.ir.spec import Column, Schema, Spec
from specc.lower.objects import component_of, lowered, made
from specc.registry.building import Object
from specc.registry.data import RowContext
from specc.registry.derivation import Derivation


def lower_data(spec: Spec, inputs: list[str]) -> out.DataProgram:
    """From files to encoded rows. Empty when the spec names no rows."""
    columns = {c.name: c for c in spec.columns}
    rows = _rows(spec)
    features = _features(spec, columns, [name for name in inputs if name in columns])
    order = next((c.name for c in spec.columns if c.table == rows and c.storage.element == "time" and c.derived is None), None)
    choice = _choice(spec, RowContext(order))
    split = lowered("splits", spec.data.split, RowContext(order)) if spec.data.split is not None else None
    derived = {c.name: _derivation(c) for c in spec.columns if c.derived is not None}
    seen = _seen(spec, order)
    wanted = {feature.name for feature in features} | seen | _measured(spec) | {s.key for s in spec.schemas if s.key}
    wanted |= {name for value in (*choice, split) if value is not None for name in reads(value)}
    needed = _needed(wanted, columns, derived)
    entities = [s.name for s in spec.schemas if s.key is not None]
    candidates = {loss.name: _candidates(loss.retrieval, spec, columns) for loss in spec.losses if loss.retrieval is not None}
    joins = [name for name in entities if any(columns[c].table == name for c in needed)]
    read = {rows, *joins, *(c.entity for c in candidates.values() if c.entity)}
    return out.DataProgram(
        tables=[_table(s, spec, needed) for s in spec.schemas if s.name in read],
        rows=rows,
        order=order if seen else None,
        derivations=_in_order([derived[name] for name in derived if name in needed]),
        joins=joins,
        choice=choice,
        split=split,
        features=features,
        candidates=candidates,
    )


def _rows(spec: Spec) -> str:
    """The schema whose rows are trained on."""
    if spec.data.rows is not None:
        return str(spec.data.rows.config["schema"])
    return next((s.name for s in spec.schemas if s.key is None), "")


def _choice(spec: Spec, ctx: RowContext) -> list[out.ObjectConfig]:
    if spec.data.rows is None:
        return []
    rule, config = component_of("rows", spec.data.rows)
    return [made(each) for each in rule.lower(config, ctx)]


def _features(spec: Spec, columns: dict[str, Column], inputs: list[str]) -> list[out.Feature]:
    """The inputs of the model, and the columns that its vocabularies are fitted on."""
    wanted = dict.fromkeys(inputs, True)
    for loss in spec.losses:
        if loss.retrieval is not None:
            wanted.setdefault(loss.retrieval.column, False)
            for name in _catalogue(loss.retrieval, spec, columns):
                wanted.setdefault(name, False)
    for name in list(wanted):
        owner = columns[name].vocabulary
        vocabulary = next((v for v in spec.vocabularies if v.name == owner), None)
        if vocabulary is None:
            source = _collected(columns[name])
            if source is not None and columns[name].encoders == columns[source].encoders:
                wanted.setdefault(source, False)
            continue
        for member in [owner, *vocabulary.columns] if owner else vocabulary.columns:
            if member == owner or _collected(columns[member]) is None:
                wanted.setdefault(member, False)
    return [_feature(columns[c.name], columns, wanted[c.name]) for c in spec.columns if c.name in wanted]


def _feature(column: Column, columns: dict[str, Column], is_input: bool) -> out.Feature:
    same = column.vocabulary if column.vocabulary not in (None, column.name) else None
    source = _collected(column)
    if same is None and source is not None and column.gives == "number" and columns[source].encoders == column.encoders:
        same = source
    shape: Any = "vector" if column.gives == "vector" else column.storage.shape
    return out.Feature(
        name=column.name,
        chain=[] if same else [lowered("encoders", encoder) for encoder in column.encoders],
        shape=shape,
        length=column.storage.size if shape in ("vector", "sequence") else None,
        same=same,
        counted=source is None or same is None,
        input=is_input,
    )


def _catalogue(retrieval: Any, spec: Spec, columns: dict[str, Column]) -> list[str]:
    """The columns of an entity that its candidates' tower reads."""
    nodes = {n.id: n for n in spec.nodes}
    stack, seen, found = [retrieval.vector], set(), []
    while stack:
        name = stack.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in nodes:
            for refs in nodes[name].inputs.values():
                stack.extend(refs if isinstance(refs, list) else [refs])
        elif name in columns and name != retrieval.column:
            found.append(name)
    return [c.name for c in spec.columns if c.name in found]


def entity_of(retrieval: Any, spec: Spec) -> str | None:
    """The entity whose rows the candidates are; None where it is not read, or there is none."""
    entity: str | None = retrieval.entity
    return entity if entity in spec.data.sources or not spec.data.sources else None


def _candidates(retrieval: Any, spec: Spec, columns: dict[str, Column]) -> out.Candidates:
    column = columns[retrieval.column]
    vocabulary = next(v for v in spec.vocabularies if v.name == column.vocabulary)
    return out.Candidates(
        feature=retrieval.column,
        first=vocabulary.first,
        entity=entity_of(retrieval, spec),
        columns=[_feature(columns[name], columns, True) for name in _catalogue(retrieval, spec, columns)],
    )


def _measured(spec: Spec) -> set[str]:
    """The columns that losses and metrics read of rows."""
    trees = [tree for loss in spec.losses for tree in (loss.label, loss.where, loss.row_weight)]
    trees += [tree for metric in spec.metrics for tree in (metric.label, metric.where, metric.row_weight)]
    found = {name for tree in trees if tree is not None for name in tree.columns()}
    return found | {metric.by for metric in spec.metrics if metric.by}


def _seen(spec: Spec, order: str | None) -> set[str]:
    """The columns that say what a row's user had seen before it, where a metric leaves that out."""
    losses = {loss.name: loss for loss in spec.losses}
    ranked = [losses[metric.of].retrieval for metric in spec.metrics if metric.seen == "remove" and metric.of in losses]
    return {name for one in ranked if one is not None for name in (seen_by(one.column, spec), order) if name is not None}


def seen_by(candidate: str, spec: Spec) -> str | None:
    """The column that says who has seen candidates: that of a column that holds what each saw before, else of the split."""
    for column in spec.columns:
        derivation = _derivation_of(column)
        if derivation is not None and column.derived is not None:
            user = derivation.seen_by(column.derived.config, candidate)
            if user is not None:
                return user
    if spec.data.split is None:
        return None
    split, config = component_of("splits", spec.data.split)
    group: str | None = split.group(config.values)
    return group


def _needed(wanted: set[str], columns: Mapping[str, Column], derived: Mapping[str, out.Derivation]) -> set[str]:
    """These columns, and all that they are made of."""
    stack, needed = list(wanted), set[str]()
    while stack:
        name = stack.pop()
        if name in needed or name not in columns:
            continue
        needed.add(name)
        if name in derived:
            stack.extend(reads(derived[name].value))
    return needed


def _storage(column: Column) -> str:
    s = column.storage
    null = "?" if s.nullable else ""
    if s.element == "vector":
        return f"vector({s.size})"
    if s.shape == "bag":
        return f"bag({s.element}){null}"
    if s.shape == "sequence":
        return f"seq({s.element}, {s.size}){null}"
    return f"{s.element}{null}"


def _table(schema: Schema, spec: Spec, needed: set[str]) -> out.SourceTable:
    source = spec.data.sources.get(schema.name)
    reader, by_place, called, separators = None, False, None, dict[str, str]()
    if source is not None:
        found, config = component_of("readers", source)
        reader, by_place, called = made(found.lower(config)), found.by_place(config), found.called(config)
        separators = found.separators(config)
    sources = [
        out.ColumnSource(
            name=c.name,
            storage=_storage(c),
            raw=c.storage.raw,
            group=c.axis if c.axis and "." in c.name else None,
            separator=separators.get(c.name),
        )
        for c in spec.columns
        if c.table == schema.name and c.derived is None and (by_place or c.name in needed)
    ]
    if schema.key is not None:
        key = next(c for c in spec.columns if c.name == schema.key)
        sources.insert(0, out.ColumnSource(name=key.name, storage=_storage(key), raw=called or key.storage.raw))
    return out.SourceTable(name=schema.name, reader=reader, columns=sources, by_place=by_place, key=schema.key)


def declared_tables(spec: Spec) -> list[out.SourceTable]:
    """All tables with all columns that the schemas declare, whether the model needs them or not."""
    columns = {c.name for c in spec.columns}
    return [_table(schema, spec, columns) for schema in spec.schemas]


# Derived columns


def _derivation_of(column: Column) -> Derivation | None:
    """What a column is derived by; None for one that is read, and for an expression over its row."""
    found = registry.find("derivations", column.derived.kind) if column.derived is not None else None
    return found if isinstance(found, Derivation) else None


def _collected(column: Column) -> str | None:
    """The column whose values a derived one lists."""
    derivation = _derivation_of(column)
    return None if derivation is None or column.derived is None else derivation.collects(column.derived.config)


def _derivation(column: Column) -> out.Derivation:
    assert column.derived is not None
    kind, config = column.derived.kind, column.derived.config
    value: Any
    if _derivation_of(column) is None:
        value = config["expression"]
    else:
        found, arguments = component_of("derivations", ComponentConfig(name=kind, config=config))
        value = found.lower(arguments)
    value = made(value) if isinstance(value, Object) else Expression.model_validate(value)
    return out.Derivation(table=column.table, column=column.name, value=value)


def _in_order(derivations: list[out.Derivation]) -> list[out.Derivation]:
    """Each after what it reads."""
    waiting, done = list(derivations), list[out.Derivation]()
    while waiting:
        missing = {one.column for one in waiting}
        ready = [one for one in waiting if missing.isdisjoint(reads(one.value))]
        if not ready:
            break
        waiting = [one for one in waiting if one not in ready]
        done += ready
    return done
