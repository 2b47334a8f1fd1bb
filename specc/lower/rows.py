"""The data side of a Program: what is read, derived, joined, split and encoded, and only what the model needs."""

from __future__ import annotations

from typing import Any

from specc import registry
from specc.ir import program as out
from specc.ir.base import Expression
from specc.ir.spec import Column, Spec
from specc.registry.encoder import Encoder as EncoderWord
from specc.targets.catalogue import allowed


def lower_data(spec: Spec, inputs: list[str]) -> out.DataProgram:
    """From files to encoded rows. Empty when the spec names no rows."""
    columns = {c.name: c for c in spec.columns}
    facts = next((s.name for s in spec.schemas if s.key is None), "")
    rows = str(spec.data.rows.config["schema"]) if spec.data.rows else facts
    features = _features(spec, columns, [name for name in inputs if name in columns])
    order = next((c.name for c in spec.columns if c.table == rows and c.storage.element == "time" and c.derived is None), None)
    needed = _needed(spec, columns, features, rows, order)
    where = spec.data.rows.config.get("where") if spec.data.rows else None
    last = spec.data.rows if spec.data.rows and spec.data.rows.name == "last" else None
    entities = [s.name for s in spec.schemas if s.key is not None]
    candidates = {loss.name: _candidates(loss.retrieval, spec, columns) for loss in spec.losses if loss.retrieval is not None}
    joins = [name for name in entities if any(columns[c].table == name for c in needed if c in columns)]
    read = {rows, *joins, *(c.entity for c in candidates.values() if c.entity)}
    return out.DataProgram(
        tables=[_table(s.name, s.key, spec, columns, needed, rows) for s in spec.schemas if s.name in read],
        rows=rows,
        order=order if order in needed else None,
        derivations=_derivations(spec, columns, needed),
        joins=joins,
        where=Expression.model_validate(where) if where else None,
        last_by=last.config["by"] if last else None,
        split=_split(spec, order),
        features=features,
        candidates=candidates,
    )


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
            source = columns[name].derived
            if (
                source is not None
                and source.kind == "history"
                and columns[name].encoders == columns[source.config["column"]].encoders
            ):
                wanted.setdefault(source.config["column"], False)
            continue
        for member in [owner, *vocabulary.columns] if owner else vocabulary.columns:
            derived = columns[member].derived
            if member == owner or derived is None or derived.kind != "history":
                wanted.setdefault(member, False)
    return [_feature(columns[c.name], columns, wanted[c.name]) for c in spec.columns if c.name in wanted]


def _feature(column: Column, columns: dict[str, Column], is_input: bool) -> out.Feature:
    derived = column.derived
    same = column.vocabulary if column.vocabulary not in (None, column.name) else None
    repeats = derived is not None and derived.kind == "history"
    if same is None and repeats and derived is not None and column.gives == "number":
        source = columns[derived.config["column"]]
        if source.encoders == column.encoders:
            same = source.name
    shape: Any = "vector" if column.gives == "vector" else column.storage.shape
    return out.Feature(
        name=column.name,
        chain=[] if same else [_encoder(word.name, word.config) for word in column.encoders],
        shape=shape,
        length=column.storage.size if shape in ("vector", "sequence") else None,
        same=same,
        counted=not repeats or same is None,
        input=is_input,
    )


def _encoder(name: str, config: dict[str, Any]) -> out.Encoder:
    entry = registry.find("encoders", name)
    assert isinstance(entry, EncoderWord)
    given = {("known" if key == "values" else key): value for key, value in config.items() if value is not None}
    defaults = {key: arg.default for key, arg in entry.args.items() if not arg.required}
    given = {key: value for key, value in given.items() if key not in defaults or defaults[key] != value}
    return out.Encoder(target=allowed(entry.target_for(given)), config=given)


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


def _needed(spec: Spec, columns: dict[str, Column], features: list[out.Feature], rows: str, order: str | None) -> set[str]:
    """Every column that a step of the data side reads."""
    wanted = {feature.name for feature in features}
    expressions = [e for one in spec.losses for e in (one.label, one.where, one.row_weight)]
    expressions += [e for one in spec.metrics for e in (one.label, one.where, one.row_weight)]
    wanted |= {name for expression in expressions if expression is not None for name in expression.columns()}
    wanted |= {metric.by for metric in spec.metrics if metric.by}
    for word in (spec.data.rows, spec.data.split):
        if word is None:
            continue
        wanted |= {str(v) for key, v in word.config.items() if key in ("by", "column") and isinstance(v, str)}
        if word.config.get("where"):
            wanted |= Expression.model_validate(word.config["where"]).columns()
    if order is not None and _ordered(spec):
        wanted.add(order)
    wanted |= {s.key for s in spec.schemas if s.key}
    stack, needed = list(wanted), set[str]()
    while stack:
        name = stack.pop()
        if name in needed or name not in columns:
            continue
        needed.add(name)
        stack.extend(_reads(columns[name]))
    return needed


def _ordered(spec: Spec) -> bool:
    """Whether anything asks for the order of rows in time."""
    histories = any(c.derived is not None and c.derived.kind == "history" for c in spec.columns)
    by_group = any(word is not None and word.name in ("leave_last", "last") for word in (spec.data.split, spec.data.rows))
    return histories or by_group or any(m.seen == "remove" for m in spec.metrics)


def _reads(column: Column) -> list[str]:
    if column.derived is None:
        return []
    config = column.derived.config
    found = [*config.get("columns", []), *(config[key] for key in ("column", "by", "order") if config.get(key))]
    if config.get("where"):
        found += Expression.model_validate(config["where"]).columns()
    return found


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


def _table(name: str, key: str | None, spec: Spec, columns: dict[str, Column], needed: set[str], rows: str) -> out.SourceTable:
    own = [c for c in spec.columns if c.table == name and c.derived is None]
    word = spec.data.sources.get(name)
    by_place = word is not None and word.config.get("header") == "none"
    read = [c for c in own if by_place or c.name in needed]
    config: dict[str, Any] = {}
    path = ""
    target = ""
    entity_key = None
    if word is not None:
        target = allowed(registry.find("readers", word.name).target)  # type: ignore[union-attr]
        path = str(word.config.get("path", word.config.get("table", "")))
        entity_key = word.config.get("key")
        if word.config.get("sep", ",") != ",":
            config["separator"] = word.config["sep"]
        if by_place:
            config["header"] = False
        if word.config.get("null"):
            config["null"] = word.config["null"]
        if word.config.get("separate"):
            config["separate"] = {k: v for k, v in word.config["separate"].items() if k in {c.name for c in read}}
        if spec.data.split is not None and spec.data.split.name == "files" and name == rows:
            config["file_column"] = True
    sources = [
        out.ColumnSource(
            name=c.name, storage=_storage(c), raw=c.storage.raw, group=c.axis if c.axis and "." in c.name else None
        )
        for c in read
    ]
    if key is not None:
        storage = _storage(columns[key])
        sources.insert(0, out.ColumnSource(name=key, storage=storage, raw=entity_key or columns[key].storage.raw))
    return out.SourceTable(name=name, target=target, path=path, columns=sources, config=config, key=key)


def declared_tables(spec: Spec) -> list[out.SourceTable]:
    """All tables with all columns that the schemas declare, whether the model needs them or not."""
    columns = {c.name: c for c in spec.columns}
    rows = str(spec.data.rows.config["schema"]) if spec.data.rows else next((s.name for s in spec.schemas if s.key is None), "")
    return [_table(schema.name, schema.key, spec, columns, set(columns), rows) for schema in spec.schemas]


def _derivations(spec: Spec, columns: dict[str, Column], needed: set[str]) -> list[out.Derivation]:
    """In an order in which each is made after what it reads; histories of one call together."""
    done: list[out.Derivation] = []
    made: set[str] = {c.name for c in spec.columns if c.derived is None}
    waiting = [c for c in spec.columns if c.derived is not None and c.name in needed]
    while waiting:
        ready = [c for c in waiting if all(name in made for name in _reads(c))]
        if not ready:
            break
        for column in ready:
            waiting.remove(column)
            made.add(column.name)
            done.append(_derivation(column))
    return done


def _derivation(column: Column) -> out.Derivation:
    assert column.derived is not None
    kind, config = column.derived.kind, column.derived.config
    table, made = column.table, [column.name]
    if kind == "expression":
        return out.Derivation(table=table, columns=made, expression=Expression.model_validate(config["expression"]))
    if kind == "cross":
        return out.Derivation(
            table=table, columns=made, target="specc.runtime.features.expressions.cross", config={"columns": config["columns"]}
        )
    if kind == "extract":
        return out.Derivation(
            table=table,
            columns=made,
            target="specc.runtime.features.expressions.extract",
            config={"column": config["column"], "pattern": config["pattern"]},
        )
    given = {key: config[key] for key in ("by", "order", "last", "within", "lag") if config[key] is not None}
    if config["where"]:
        given["where"] = Expression.model_validate(config["where"])
    return out.Derivation(
        table=table, columns=made, target="specc.runtime.features.history.history", config={"of": config["column"], **given}
    )


def _split(spec: Spec, order: str | None) -> out.Encoder | None:
    word = spec.data.split
    if word is None:
        return None
    config = {k: v for k, v in word.config.items() if v is not None}
    if word.name == "leave_last" and order is not None:
        config["order"] = order
    return out.Encoder(target=allowed(registry.find("splits", word.name).target), config=config)  # type: ignore[union-attr]
