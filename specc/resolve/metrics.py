"""Metrics: what is measured."""

from __future__ import annotations

from typing import Literal

from specc import registry
from specc.diagnostics import Note
from specc.registry.columns import Column
from specc.registry.component import BoundArguments
from specc.registry.metric import Metric
from specc.registry.rows import Row
from specc.registry.values import SCALES
from specc.resolve.arguments import bind
from specc.resolve.declarations import Declared
from specc.resolve.derived import derivation_of
from specc.resolve.expressions import describe, unquoted
from specc.resolve.graph import Head
from specc.resolve.heads import starred
from specc.resolve.kinds import METRIC, refused
from specc.resolve.labels import default_label, label_fits
from specc.resolve.losses import ResolvedLoss
from specc.resolve.nearest import listing
from specc.resolve.scope import Scope
from specc.resolve.session import Session
from specc.resolve.sources import Data
from specc.syntax import tree
from specc.syntax.tree import At, Call, Expr, Name
from specc.text import Span


class ResolvedMetric:
    """A metric on a head or a retrieval loss; `name` is how it is addressed: `income.auc`, `watch.recall@10`."""

    __slots__ = ("by", "component", "config", "k", "label", "name", "of", "row_weight", "seen", "span", "where")

    def __init__(self, name: str, of: str, component: Metric, bound: BoundArguments, k: int | None, span: Span) -> None:
        self.name = name
        self.of = of
        self.component = component
        self.config = component.own(bound)
        self.k = k
        self.span = span
        self.where: Row | None = bound.where
        self.row_weight: Row | None = bound.row_weight
        self.label: Row | None = None if component.ranking else bound.label
        self.by: Column | None = None if component.ranking else bound.by
        self.seen: Literal["keep", "remove"] = bound.seen if component.ranking else "keep"


def resolve_metrics(session: Session, losses: dict[str, ResolvedLoss]) -> dict[str, ResolvedMetric]:
    """All metrics by their address: `click.auc`, and `click.auc(by=user_id)` where one component is there more than once."""
    found: list[ResolvedMetric] = []
    for key, declared in session.merged["metrics"].items():
        item = declared.item
        if item.broken or refused(item, METRIC, "metrics", session):
            session.unmeasured.add(key)
            continue
        assert item.value is not None
        names = starred(session) if isinstance(item.head[0], tree.Star) else [key]
        for name in names:
            entries = item.value.items if isinstance(item.value, tree.List) else [item.value]
            for entry in entries:
                metric = _metric(name, entry, declared, session, losses)
                if metric is None:
                    session.unmeasured.add(name)
                    continue
                found.append(metric)
    plain = [metric.name for metric in found]
    out: dict[str, ResolvedMetric] = {}
    for metric in found:
        if plain.count(metric.name) > 1:
            metric.name += "".join(metric.span.text.partition("(")[1:]).replace(" ", "")
        if metric.name in out:
            session.error(
                "REC106",
                metric.span,
                f"`{metric.name}` is declared twice",
                "declared again",
                notes=[Note(out[metric.name].span, "first declared here")],
            )
            continue
        out[metric.name] = metric
    return out


def _metric(
    name: str, entry: Expr, declared: Declared, session: Session, losses: dict[str, ResolvedLoss]
) -> ResolvedMetric | None:
    expr: Expr = entry
    args: list[tree.Arg] | None = None
    k: tree.Number | None = None
    if isinstance(expr, Call):
        args = expr.args
        expr = expr.callee
    if isinstance(expr, At):
        k = expr.k
        expr = expr.base
    if not isinstance(expr, Name):
        session.error(
            "REC511",
            entry.span,
            "a metric was expected",
            f"this is {describe(entry)}",
            help=unquoted(entry) or "such as `auc` or `recall@10`",
        )
        return None
    loss, head = losses.get(name), session.heads.get(name)
    component = registry.find("metrics", expr.text)
    if not isinstance(component, Metric):
        fits = _fitting(head, loss).__contains__
        session.unknown("REC512", "metric", expr.text, expr.span, registry.names("metrics"), kind="metrics", fits=fits)
        return None
    bound = bind(component, args, expr.span, Scope(session, name, name))
    if (
        name in session.unreliable.names
        or "values" in session.unreliable.kinds
        or (loss is None and (name in session.losses or name in session.failed_losses))
    ):
        if bound is not None and component.ranking:
            _cut_off(component, expr.span, k, session)
        return None  # said already
    if loss is None and head is None:
        if bound is None:
            return None
        known = list(dict.fromkeys([*losses, *session.heads, *session.losses]))
        session.unknown(
            "REC513",
            "head or loss",
            name,
            declared.span,
            known,
            places=lambda n: h.span if (h := session.heads.get(n)) else None,
        )
        return None
    if bound is None:
        return None
    retrieval = loss is not None and loss.retrieval is not None
    if component.ranking != retrieval:
        of = f"`{name}` is a retrieval loss" if retrieval else f"`{name}` is a head"
        session.error(
            "REC514",
            expr.span,
            f"`{component.name}` does not measure this",
            of,
            help="there is " + ", ".join(f"`{m}{'@10' if retrieval else ''}`" for m in _fitting(head, loss)),
        )
        return None
    if component.ranking and not _cut_off(component, expr.span, k, session):
        return None
    if not component.ranking and k is not None:
        session.error("REC515", k.span, f"`{component.name}` has no cut-off", "take it away")
        return None
    address = f"{name}.{component.name}" + (f"@{k.value}" if k is not None else "")
    metric = ResolvedMetric(address, name, component, bound, int(k.value) if k is not None else None, entry.span)
    if component.ranking:
        return metric
    return _pointwise_metric(metric, head, loss, declared, bound, session)


def _fitting(head: Head | None, loss: ResolvedLoss | None) -> list[str]:
    """The metrics that measure a head or a loss; none where there is neither."""
    retrieval = loss is not None and loss.retrieval is not None
    scale = head.scale if head else loss.scale if loss else ""
    found = [(name, registry.find("metrics", name)) for name in registry.names("metrics")]
    return [
        n
        for n, component in found
        if isinstance(component, Metric) and (component.ranking if retrieval else scale in component.predicts)
    ]


def _cut_off(component: Metric, span: Span, k: tree.Number | None, session: Session) -> bool:
    """Whether a metric of ranks says up to which one; if not, it is reported."""
    if k is not None and 1 <= k.value <= 10_000 and not isinstance(k.value, float):
        return True
    message = f"`{component.name}` needs a cut-off from 1 to 10_000"
    session.error("REC515", k.span if k is not None else span, message, "such as `@10`", help=f"write `{component.name}@10`")
    return False


def _pointwise_metric(
    metric: ResolvedMetric,
    head: Head | None,
    loss: ResolvedLoss | None,
    declared: Declared,
    bound: BoundArguments,
    session: Session,
) -> ResolvedMetric | None:
    component = metric.component
    scale = head.scale if head else loss.scale if loss else ""
    if scale not in component.predicts:
        help = f"there is {listing(_fitting(head, loss))}"
        session.error(
            "REC508", metric.span, f"`{component.name}` does not measure {SCALES[scale]}", f"`{metric.of}` is one", help=help
        )
        return None
    own = loss if loss is not None else None
    if metric.label is None:
        metric.label = (
            own.label if own is not None else default_label(metric.of, declared.span, session, f"metric `{metric.name}`")
        )
    if metric.label is None:
        return None
    if metric.where is None and own is not None and not bound.given("label"):
        metric.where = own.where
    return metric if label_fits(metric.label, component.labels, component.name, bound.at("label"), session) else None


def report_unseen(session: Session, metrics: dict[str, ResolvedMetric], losses: dict[str, ResolvedLoss], data: Data) -> None:
    """Metrics that leave out what was seen, where nothing says by whom: no history of the candidate, no split by user."""
    split = data.split
    if "split" in session.merged["data"] and (split is None or split.component.group(split.config) is not None):
        return
    for metric in metrics.values():
        loss = losses.get(metric.of)
        if metric.seen == "keep" or loss is None or loss.retrieval is None:
            continue
        column = loss.retrieval.column
        users = _users(column, session)
        if len(users) > 1:
            _two_users(metric, column, users, session)
        if users:
            continue
        session.error(
            "REC516",
            metric.span,
            f"nothing says who has seen `{column.name}`",
            "whose earlier rows are to be left out?",
            notes=[Note(column.span, "the candidates")],
            help=f"declare `seen = history({column.name}, by=...)`, or split with `leave_last(by=...)`",
        )


def _users(column: Column, session: Session) -> dict[str, Column]:
    """The columns that say who has seen a candidate, each with the first derived column that does."""
    users: dict[str, Column] = {}
    for derived in session.columns.values():
        component = derivation_of(derived)
        user = (
            component.seen_by(derived.derived[1], column.name)
            if component is not None and derived.derived is not None
            else None
        )
        if user is not None:
            users.setdefault(user, derived)
    return users


def _two_users(metric: ResolvedMetric, column: Column, users: dict[str, Column], session: Session) -> None:
    """Histories of the candidate by different columns: each could say who has seen what."""
    session.error(
        "REC517",
        metric.span,
        f"who has seen `{column.name}`: " + " or ".join(f"`{name}`" for name in sorted(users)) + "?",
        "histories of the candidate differ in `by=`",
        notes=[Note(history.span, f"by `{name}`") for name, history in sorted(users.items())],
        help=f"measure with `seen=keep`, or keep the histories of `{column.name}` by one column",
    )
