"""Losses: what is learned."""

from __future__ import annotations

from typing import Any

from specc import registry
from specc.diagnostics import Note
from specc.registry.loss import Loss
from specc.registry.values import Poison, Prediction, Vector
from specc.registry.word import Bound
from specc.resolve.arguments import bind
from specc.resolve.declarations import Declared
from specc.resolve.expressions import call_of, describe, unquoted
from specc.resolve.heads import starred
from specc.resolve.pipelines import evaluate
from specc.resolve.retrieval import Retrieval, resolve_softmax
from specc.resolve.rows import Row
from specc.resolve.scope import Scope, follow
from specc.resolve.session import Session
from specc.syntax.tree import Expr, Name, Pipe
from specc.text import Span

_ENDS = {"Logit": "`logit`", "Prob": "`logit -> sigmoid`", "Real": "`dense(1)`"}


class ResolvedLoss:
    """A loss of a head, or of a query vector (`retrieval`)."""

    __slots__ = (
        "config",
        "head",
        "label",
        "name",
        "node",
        "retrieval",
        "row_weight",
        "scale",
        "span",
        "weight",
        "where",
        "word",
    )

    def __init__(self, name: str, word: Loss, bound: Bound, span: Span) -> None:
        self.name = name
        self.word = word
        self.span = span
        self.weight: float = bound.weight
        self.where: Row | None = bound.where
        self.row_weight: Row | None = bound.row_weight
        self.label: Row | None = bound.label
        self.head: str | None = None
        self.node = ""
        self.scale = ""
        self.retrieval: Retrieval | None = None
        self.config: dict[str, Any] = {}


def resolve_losses(session: Session) -> dict[str, ResolvedLoss]:
    """All losses; `loss *` is one for each head of `head *` (of every head, without one) that has no loss of its own."""
    out: dict[str, ResolvedLoss] = {}
    for declared in session.losses.values():
        if declared.name != "*":
            loss = _loss(declared.name, declared, session)
            if loss is not None:
                out[loss.name] = loss
    for declared in session.losses.values():
        if declared.name != "*":
            continue
        names = starred(session)
        if not names and "values" not in session.poisoned.kinds and not _broken_head(session):
            session.error("REC503", declared.span, "`loss *` finds no head", "there is none")
        for name in names:
            if name in session.losses:
                first = session.losses[name].span
                session.error(
                    "REC106",
                    first,
                    f"the loss `{name}` is declared twice",
                    "declared again",
                    notes=[Note(declared.span, "`loss *` gives it, too")],
                )
            elif (loss := _loss(name, declared, session)) is not None:
                out[name] = loss
            else:
                session.failed_losses.add(name)
    return out


def _broken_head(session: Session) -> bool:
    return any(d.kind == "head" and (d.name in session.poisoned.names or d.name == "*") for d in session.values.values())


def _loss(name: str, declared: Declared, session: Session) -> ResolvedLoss | None:
    expr = declared.item.value
    assert expr is not None
    scope = Scope(session, name, name)
    source: Expr | None = None
    found = follow(expr, scope)
    if found is None:
        return None
    expr, scope = found
    if isinstance(expr, Pipe):
        source = (
            expr.stages[0] if len(expr.stages) == 2 else Pipe(expr.stages[0].span.to(expr.stages[-2].span), expr.stages[:-1])
        )
        expr = expr.stages[-1]
    called = call_of(expr)
    if called is None:
        session.error(
            "REC504",
            expr.span,
            "a loss was expected",
            f"this is {describe(expr)}",
            help=unquoted(expr) or "such as `bce` or `mse`",
        )
        return None
    word, args = called
    entry = registry.find("losses", word.text)
    if not isinstance(entry, Loss):
        if word.text not in session.poisoned.names:
            session.unknown("REC505", "loss", word.text, word.span, registry.names("losses"), kind="losses")
        return None
    bound = bind(entry, args, word.span, scope)
    if bound is None:
        if source is not None:
            evaluate(source, scope)
        return None
    loss = ResolvedLoss(name, entry, bound, word.span)
    if entry.retrieval:
        if source is None:
            session.error(
                "REC506",
                word.span,
                f"`{entry.name}` needs a query",
                "nothing is piped into it",
                help=f"write `loss {name} = query -> {entry.name}(...)`",
            )
            return None
        return resolve_softmax(loss, declared.span, source, bound, scope)
    return _pointwise(loss, source, declared, bound, scope)


def _pointwise(loss: ResolvedLoss, source: Expr | None, declared: Declared, bound: Bound, scope: Scope) -> ResolvedLoss | None:
    session, name = scope.session, loss.name
    if source is not None:
        value = evaluate(source, scope)
        if isinstance(value, Poison):
            return None
        if isinstance(value, Prediction):
            loss.node, loss.scale = value.node, value.scale
        elif isinstance(value, Vector) and value.dim.n == 1:
            loss.node, loss.scale = value.node, "Real"
        else:
            session.error("REC502", source.span, f"`{loss.word.name}` needs one number a row", f"this is {value}")
            return None
        loss.head = source.text if isinstance(source, Name) and source.text in session.heads else None
    else:
        head = session.heads.get(name)
        if head is None:
            if "values" not in session.poisoned.kinds:
                places = {h.name: h.span for h in session.heads.values()}
                known = list(session.heads)
                hint = f"or say what it reads: `loss {name} = source -> {loss.word.name}`"
                session.unknown(
                    "REC507",
                    "head",
                    name,
                    declared.span,
                    known,
                    fits=lambda head: head not in session.losses,
                    places=places.get,
                    hint=hint,
                )
            return None
        loss.node, loss.scale, loss.head = head.node, head.scale, name
    if loss.scale not in loss.word.predicts:
        wanted = " or ".join(
            {"Logit": "a logit", "Prob": "a probability", "Real": "a plain number"}[s] for s in loss.word.predicts
        )
        got = {"Logit": "a logit", "Prob": "a probability", "Real": "a plain number"}[loss.scale]
        notes = [Note(session.heads[loss.head].span, "the head")] if loss.head in session.heads else []
        help = f"end the head with {_ENDS[loss.word.predicts[0]]}"
        session.error("REC508", loss.span, f"`{loss.word.name}` takes {wanted}", f"`{name}` is {got}", notes=notes, help=help)
        return None
    if loss.label is None:
        loss.label = default_label(name, declared.span, session, f"loss `{name}`")
    if loss.label is None or not label_fits(loss.label, loss.word.labels, loss.word.name, bound.at("label"), session):
        return None
    return loss


def default_label(name: str, span: Span, session: Session, what: str) -> Row | None:
    """The label of a name, or None after a diagnostic."""
    column = session.labels.get(name)
    if column is None:
        if "schema" not in session.poisoned.kinds:
            places = {c.name: c.span for c in session.labels.values()}
            message = f"the {what} has no label: none is called `{name}`"
            hint = f"write `label=...`, or declare `label {name} : bool` in a schema"
            known = session.labels
            session.unknown(
                "REC509", "label", name, span, known, places=places.get, message=message, label="no label", hint=hint
            )
        return None
    element = "string" if column.storage.element == "text" else column.storage.element
    return Row({"column": name}, element, [name], column.span)


def label_fits(label: Row, wanted: tuple[str, ...], word: str, span: Span, session: Session) -> bool:
    """Whether a label is of a kind that a loss or metric takes; if not, it is reported at `span`."""
    if not wanted or label.gives in wanted:
        return True
    need = "a condition (`bool`)" if wanted == ("bool",) else "a number"
    notes = [Note(label.span, "the label")] if label.span != span else []
    names = {"string": "a string", "time": "a time", "int": "a number", "float": "a number", "bool": "a condition"}
    help = "make one of it: `label good = rating >= 4`" if wanted == ("bool",) else ()
    session.error(
        "REC510",
        span,
        f"`{word}` needs a label that is {need}",
        f"this is {names.get(label.gives, label.gives)}",
        notes=notes,
        help=help,
    )
    return False
