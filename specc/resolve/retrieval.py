"""The candidates of a retrieval loss: a column's table, or a tower over the columns of an entity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specc.diagnostics import Note
from specc.registry.columns import Column
from specc.registry.values import Feature, Poison, Several, Value, Vector
from specc.registry.word import Bound
from specc.resolve.pipelines import evaluate
from specc.resolve.scope import Closure, Scope
from specc.resolve.session import Session
from specc.resolve.site import Site
from specc.syntax.tree import Expr
from specc.text import Span

if TYPE_CHECKING:
    from specc.resolve.losses import ResolvedLoss


class Retrieval:
    """What a retrieval loss ranks: the candidate column, the node that gives a candidate's vector (from its id), and the
    pool.
    """

    __slots__ = ("column", "entity", "logq", "negatives", "node", "query", "temperature", "width")

    def __init__(self, column: Column, node: str, query: str, width: int, bound: Bound, entity: str | None) -> None:
        self.column = column
        self.node = node
        self.query = query
        self.width = width
        self.entity = entity
        self.logq: bool = bound.logq
        self.temperature: float = bound.temperature
        self.negatives: list[tuple[str, dict[str, Any]]] | None = (
            None if bound.negatives is None else [(entry.name, args.plain()) for entry, args in bound.negatives]
        )


def resolve_softmax(loss: ResolvedLoss, declared: Span, source: Expr, bound: Bound, scope: Scope) -> ResolvedLoss | None:
    """Check query, candidates and pool against each other, and the name; None after diagnostics. `declared`: the name."""
    session = scope.session
    _own_name(loss.name, declared, session)
    query = evaluate(source, scope)
    target = bound.candidates
    assert isinstance(target, Closure)
    candidate = evaluate(target.expr, target.scope)
    if isinstance(query, Poison) or isinstance(candidate, Poison):
        return None
    site = Site(scope, "softmax", loss.span)
    vector = site.tensor(query, flat=True)
    if isinstance(vector, Poison):
        return None
    found = _candidates(candidate, bound.at("candidates"), Scope(session, loss.name, f"{loss.name}.candidates"))
    if found is None:
        return None
    column, values, entity = found
    if not isinstance(vector, Vector):
        session.error("REC520", source.span, "the query of `softmax` is a vector", f"this is {vector}")
        return None
    if vector.dim != values.dim:
        notes = [
            Note(vector.dim.span, f"the query has width {vector.dim} because of {vector.dim.why}"),
            Note(values.dim.span, f"the candidates have width {values.dim} because of {values.dim.why}"),
        ]
        session.error(
            "REC521",
            loss.span,
            "the query and its candidates need one width",
            f"got {vector.dim} and {values.dim}",
            notes=notes,
            help=f"end the query with a layer of width {values.dim}, or give the candidates width {vector.dim}",
        )
        return None
    if not _pool(bound, column, session):
        return None
    if loss.label is not None:
        session.error("REC522", bound.at("label"), "the label of `softmax` is the row's candidate", "not another one")
        return None
    assert values.dim.n is not None
    loss.node, loss.scale = vector.node, "Vector"
    loss.retrieval = Retrieval(column, values.node, vector.node, values.dim.n, bound, entity)
    return loss


def _own_name(name: str, declared: Span, session: Session) -> None:
    """Refuses the name of a head or a column: what is ranked is predicted under the loss's name, beside theirs."""
    head, column = session.heads.get(name), session.columns.get(name)
    other = head or column
    if other is not None:
        what = "head" if head is not None else "column"
        session.error(
            "REC106",
            declared,
            f"`{name}` is a {what}, and what `softmax` ranks is predicted under the same name",
            "declared again",
            notes=[Note(other.span, f"the {what}")],
            help="give the loss another name",
        )


def _candidates(value: Value, span: Span, scope: Scope) -> tuple[Column, Vector, str | None] | None:
    session = scope.session
    if isinstance(value, Several):
        if len(value.items) != 1:
            names = ", ".join(f"`{item.name}`" for item in value.items[:6])
            session.error("REC523", span, "the candidates are one column", f"this selects {len(value.items)}: {names}")
            return None
        value = value.items[0]
    if isinstance(value, Feature):
        column = value.column
        if column.gives != "category" or column.shape != "scalar":
            session.error(
                "REC524",
                span,
                "a candidate column holds one id a row",
                f"`{column.name}` is {value}",
                notes=[Note(column.span, "declared here")],
            )
            return None
        if not _countable(column, span, session):
            return None
        vectors = Site(scope, "embed", span).embed(value, None, None)
        if not isinstance(vectors, Vector):
            return None
        entity = next((s.name for s in session.schemas.values() if s.key == column.name), None)
        return column, vectors, entity
    if not isinstance(value, Vector):
        session.error("REC525", span, "candidates are a column or a tower that gives vectors", f"this is {value}")
        return None
    read = columns_behind(value.node, session)
    entities = {column.schema for column in read if session.schemas[column.schema].key}
    keys = {session.schemas[name].key for name in entities}
    owner = next(iter(entities), None)
    strangers = [c for c in read if c.schema not in entities and c.name not in keys]
    if owner is None and len(read) == 1 and read[0].gives == "category" and read[0].shape == "scalar":
        return (read[0], value, None) if _countable(read[0], span, session) else None
    if len(entities) != 1 or strangers:
        wrong = strangers[0] if strangers else next(iter(read), None)
        notes = [Note(wrong.span, f"`{wrong.name}` is a column of `{wrong.schema}`")] if wrong else []
        session.error(
            "REC526",
            span,
            "a tower of candidates reads the columns of one entity, and its key",
            "it also reads others" if strangers else "it reads no entity",
            notes=notes,
            help="an entity is declared as `schema items(key=item_id) { ... }`",
        )
        return None
    assert owner is not None
    key = session.schemas[owner].key
    assert key is not None
    column = session.columns[key]
    if column.gives != "category":
        session.error(
            "REC524",
            span,
            "a candidate column holds one id a row",
            f"`{column.name}` has no encoder",
            notes=[Note(column.span, "declared here")],
        )
        return None
    return (column, value, owner) if _countable(column, span, session) else None


def _countable(column: Column, span: Span, session: Session) -> bool:
    assert column.vocabulary is not None
    if not column.vocabulary.distinct:
        name = column.vocabulary.encoding.name
        session.error(
            "REC527",
            span,
            f"`{column.name}` cannot be ranked: `{name}` makes one id of several values",
            "not a set of candidates",
            notes=[Note(column.vocabulary.span, "encoded here")],
            help="encode candidates with `vocab` or `index(n)`",
        )
        return False
    return True


def columns_behind(node: str, session: Session) -> list[Column]:
    """The columns that a node reads, through the graph."""
    out: dict[str, Column] = {}
    stack, seen = [node], set()
    while stack:
        name = stack.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in session.nodes:
            for role in session.nodes[name].inputs.values():
                stack.extend(role if isinstance(role, list) else [role])
        elif name in session.columns:
            out[name] = session.columns[name]
    return [column for column in session.columns.values() if column.name in out]


def _pool(bound: Bound, column: Column, session: Session) -> bool:
    if bound.negatives is None:
        if bound.given("logq") and bound.logq:
            session.error(
                "REC528",
                bound.at("logq"),
                "`logq` corrects sampled negatives",
                "there are none: this softmax is full",
                help="add `negatives=...`",
            )
            return False
        return True
    vocabulary = column.vocabulary
    assert vocabulary is not None
    names = [entry.name for entry, _ in bound.negatives]
    if names.count("in_batch") > 1:
        session.error("REC303", bound.at("negatives"), "`in_batch` is given twice", "once is all of the batch")
        return False
    for entry, args in bound.negatives:
        if vocabulary.size is None or entry.name == "in_batch":
            continue
        low = max(vocabulary.first, args.min_id if entry.name == "log_uniform" else 0)
        if args.n > vocabulary.size - low:
            session.error(
                "REC529",
                args.at("n"),
                f"`{entry.name}` cannot draw {args.n} distinct candidates",
                f"`{column.name}` has {max(vocabulary.size - low, 0)}",
                notes=[Note(vocabulary.span, "encoded here")],
            )
            return False
    return True
