"""The order of the resolver, and what it gives."""

from __future__ import annotations

import os
from collections.abc import Sequence

from specc.diagnostics import Diagnostic, Edit, Fix, errors_in
from specc.resolve.bindings import value_of
from specc.resolve.declarations import Declared
from specc.resolve.declare import Collector, Load
from specc.resolve.evaluating import Parts
from specc.resolve.heads import resolve_heads
from specc.resolve.losses import ResolvedLoss, resolve_losses
from specc.resolve.metrics import ResolvedMetric, report_unseen, resolve_metrics
from specc.resolve.params import check_params
from specc.resolve.references import innermost_first, names_in, report_circles
from specc.resolve.schemas import resolve_schemas
from specc.resolve.session import Session
from specc.resolve.settings import Training, resolve_training
from specc.resolve.sources import Data, resolve_data
from specc.resolve.tables import report_widthless, resolve_sets
from specc.resolve.unused import report_idle_optimizers, report_unmentioned, report_unused
from specc.syntax.tree import Expr, File
from specc.text import Span


class Resolved:
    """A resolved spec: complete when `diagnostics` has no error."""

    __slots__ = ("data", "losses", "metrics", "session", "training")

    def __init__(
        self,
        session: Session,
        losses: dict[str, ResolvedLoss],
        metrics: dict[str, ResolvedMetric],
        data: Data,
        training: Training,
    ) -> None:
        self.session = session
        self.losses = losses
        self.metrics = metrics
        self.data = data
        self.training = training

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """Everything that was found, in the order of the text."""
        return sorted(self.session.diagnostics, key=lambda d: d.order)


def resolve(
    file: File,
    path: str | None,
    root: str | None,
    load: Load,
    overrides: dict[str, Expr],
    *,
    syntax: Sequence[Diagnostic] = (),
) -> Resolved:
    """Resolve a parsed file with its syntax errors; `load` parses imports, `overrides` are the values of `--set`."""
    session = Session(overrides)
    session.evaluator = Parts()
    session.has_syntax_errors = bool(errors_in(syntax))
    session.unreliable.distrust(file, syntax)
    folder = os.path.realpath(root or os.path.dirname(path or "") or ".")
    Collector(session, folder, load).collect(file, path)
    session.unreliable.settle(session.schema_items)
    _preamble(file, session)
    try:
        return _meaning(session)
    except RecursionError:  # 64 levels of brackets in 40 params inside each other, say
        session.error("REC904", session.last or file.span, "params and expressions stand too deep inside each other", "here")
        return Resolved(session, {}, {}, Data(), Training())


def _meaning(session: Session) -> Resolved:
    report_circles(session)
    check_params(session)
    resolve_schemas(session)
    resolve_sets(session)
    for declared in _innermost_first(session):
        if declared.kind in ("tower", "experts") and not declared.imported:
            value_of(declared, session, declared.span)
    resolve_heads(session)
    losses = resolve_losses(session)
    metrics = resolve_metrics(session, losses)
    data = resolve_data(session)
    report_unseen(session, metrics, losses, data)
    training = resolve_training(session, metrics, losses)
    report_widthless(session)
    if session.has_errors or session.has_syntax_errors:
        report_unmentioned(session)
    else:
        report_unused(session, losses)
        report_idle_optimizers(session, losses, training)
    return Resolved(session, losses, metrics, data, training)


def _innermost_first(session: Session) -> list[Declared]:
    """All declarations of values, each behind those that it reads."""
    values = session.values

    def reads(key: str) -> list[str]:
        item = values[key].item
        return [name.text for name in names_in(item) if name.text in values]

    return [values[key] for key in innermost_first(values, reads)]


def _preamble(file: File, session: Session) -> None:
    start = Span(file.span.source, file.span.start, file.span.start)
    if session.edition is None and not session.has_errors and not session.has_syntax_errors:
        fix = Fix("begin the file with `rec 1`", [Edit(Span(file.span.source, 0, 0), "rec 1\n")])
        session.error(
            "REC104", start, "the first line of a spec is its edition", "`rec 1` is missing", help=fix.title, fixes=[fix]
        )
