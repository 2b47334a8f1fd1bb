"""Heads: what is predicted."""

from __future__ import annotations

from specc.diagnostics import Note
from specc.registry.values import ErrorValue, Prediction, Record, Scale, Value, Vector
from specc.resolve.bindings import value_of
from specc.resolve.declarations import Declared
from specc.resolve.graph import Head
from specc.resolve.pipelines import evaluate
from specc.resolve.scope import Scope
from specc.resolve.session import Session
from specc.resolve.stages import run_stage
from specc.syntax.tree import Pipe


def resolve_heads(session: Session) -> None:
    """Evaluate all heads; `head *` gives one for each field of its record."""
    for declared in [d for d in session.values.values() if d.kind == "head"]:
        value = value_of(declared, session, declared.span)
        if declared.name != "*":
            _head(declared.name, value, declared, session)
        elif isinstance(value, Record):
            for name, field in value.fields.items():
                _star_head(name, field, declared, session)
        elif not isinstance(value, ErrorValue):
            session.error(
                "REC501",
                declared.span,
                "`head *` needs a record",
                f"got {value}",
                help="a mixture gives one, with a field for each task",
            )
            session.unreliable.kinds.add("values")
        else:
            session.unreliable.kinds.add("values")


def _star_head(name: str, field: Value, declared: Declared, session: Session) -> None:
    first = session.values.get(name)
    if first is not None or name in session.columns:
        place = first.span if first else session.columns[name].span
        session.error(
            "REC106",
            declared.span,
            f"`{name}` is declared twice",
            f"`head *` gives a head `{name}`",
            notes=[Note(place, "first declared here")],
        )
        return
    session.evaluated[name] = field
    made = Declared("head", name, declared.span, declared.item, declared.imported)
    session.values[name] = made
    _head(name, field, made, session)


def evaluate_head(declared: Declared, scope: Scope) -> Value:
    """The value of a head; for `head *`, node paths are those of the fields."""
    value = declared.item.value
    assert value is not None
    if declared.name != "*" or not isinstance(value, Pipe):
        return evaluate(value, scope)

    source = evaluate(value.stages[0], scope)
    if not isinstance(source, Record):
        for stage in value.stages[1:]:
            source = run_stage(stage, source, scope)
        if not isinstance(source, Record):
            return source
        return source
    fields: dict[str, Value] = {}
    for name, field in source.fields.items():
        own = Scope(scope.session, name, name)
        for stage in value.stages[1:]:
            field = run_stage(stage, field, own)
        fields[name] = field
    return Record("*", declared.span, fields)


def _head(name: str, value: Value, declared: Declared, session: Session) -> None:
    if isinstance(value, ErrorValue):
        session.unreliable.names.add(name)
        session.unmeasured.add(name)
        return
    found = scored(value)
    if found is not None:
        session.heads[name] = Head(name, *found, declared.span)
        return
    session.unreliable.names.add(name)
    place = declared.item.value.span if declared.item.value else declared.span
    session.error(
        "REC502",
        place,
        f"the head `{name}` must be one number a row",
        f"this is {value}",
        help="end it with `logit` for a chance, or `dense(1)` for a quantity",
    )


def scored(value: Value) -> tuple[str, Scale] | None:
    """The node of one number a row, and the scale that it is on; None for anything else."""
    if isinstance(value, Prediction):
        return value.node, value.scale
    return (value.node, "Real") if isinstance(value, Vector) and value.dim.n == 1 else None


def starred(session: Session) -> list[str]:
    """The heads that `*` stands for."""
    stars = [d for d in session.values.values() if d.kind == "head" and d.name == "*"]
    if stars:
        return [name for name in session.heads if session.values[name].item is stars[0].item]
    return list(session.heads)
