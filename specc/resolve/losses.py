"""Losses: what is learned."""

from __future__ import annotations

from specc import registry
from specc.diagnostics import Note
from specc.registry.component import BoundArguments
from specc.registry.loss import Loss, LossInputs
from specc.registry.rows import Row
from specc.resolve.arguments import bind
from specc.resolve.declarations import Declared
from specc.resolve.expressions import call_of, describe, unquoted
from specc.resolve.heads import starred
from specc.resolve.objectives import LossContext
from specc.resolve.pipelines import evaluate
from specc.resolve.scope import Scope, follow
from specc.resolve.session import Session
from specc.syntax.tree import Expr, Pipe
from specc.text import Span


class ResolvedLoss:
    """A loss of a head, or of a query vector (`retrieval`). `span` is that of its component, `declared_at` that of its name;
    `config` are the arguments that not all losses take.
    """

    __slots__ = (
        "component",
        "config",
        "declared_at",
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
    )

    def __init__(self, name: str, declared_at: Span, component: Loss, bound: BoundArguments, found: LossInputs) -> None:
        self.name = name
        self.component = component
        self.declared_at = declared_at
        self.span = bound.span
        self.config = component.own(bound)
        self.weight: float = bound.weight
        self.where: Row | None = bound.where
        self.row_weight: Row | None = bound.row_weight
        self.label = found.label
        self.head = found.head
        self.node = found.node
        self.scale = found.scale
        self.retrieval = found.retrieval


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
        if not names and "values" not in session.unreliable.kinds and not _broken_head(session):
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
    return any(d.kind == "head" and (d.name in session.unreliable.names or d.name == "*") for d in session.values.values())


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
    called_name, args = called
    entry = registry.find("losses", called_name.text)
    if not isinstance(entry, Loss):
        if called_name.text not in session.unreliable.names:
            session.unknown("REC505", "loss", called_name.text, called_name.span, registry.names("losses"), kind="losses")
        return None
    bound = bind(entry, args, called_name.span, scope)
    if bound is None:
        if source is not None:
            evaluate(source, scope)
        return None
    objective = entry.infer(bound, LossContext(scope, name, entry, called_name.span, declared.span, source))
    return None if objective is None else ResolvedLoss(name, declared.span, entry, bound, objective)
