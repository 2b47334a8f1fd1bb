"""Heads, losses and metrics: what is predicted, learned and measured."""

from __future__ import annotations

from typing import Any, Literal

from specc.diagnostics import Note
from specc.library import registry
from specc.library.columns import Column
from specc.library.loss import Loss
from specc.library.metric import Metric
from specc.library.values import Poison, Prediction, Record, Scale, Value, Vector, width
from specc.library.word import Bound
from specc.resolve.arguments import bind
from specc.resolve.expressions import call_of, describe
from specc.resolve.kinds import METRIC, refused
from specc.resolve.nearest import listing
from specc.resolve.pipelines import evaluate, value_of
from specc.resolve.retrieval import Retrieval, resolve_softmax
from specc.resolve.rows import Row
from specc.resolve.scope import Scope, follow
from specc.resolve.session import Declared, Session
from specc.syntax import tree
from specc.syntax.tree import At, Call, Expr, Name, Pipe
from specc.text import Span

_ENDS = {"Logit": "`logit`", "Prob": "`logit -> sigmoid`", "Real": "`dense(1)`"}


class Head:
    """A prediction: the node that gives it, on its scale."""

    __slots__ = ("name", "node", "scale", "span")

    def __init__(self, name: str, node: str, scale: Scale, span: Span) -> None:
        self.name = name
        self.node = node
        self.scale = scale
        self.span = span


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


class ResolvedMetric:
    """A metric on a head or a retrieval loss; `name` is how it is addressed: `income.auc`, `watch.recall@10`."""

    __slots__ = ("by", "k", "label", "name", "of", "row_weight", "seen", "span", "where", "word")

    def __init__(self, name: str, of: str, word: Metric, bound: Bound, k: int | None, span: Span) -> None:
        self.name = name
        self.of = of
        self.word = word
        self.k = k
        self.span = span
        self.where: Row | None = bound.where
        self.row_weight: Row | None = bound.row_weight
        self.label: Row | None = None if word.ranking else bound.label
        self.by: Column | None = None if word.ranking else bound.by
        self.seen: Literal["keep", "remove"] = bound.seen if word.ranking else "keep"


# Heads


def resolve_heads(session: Session) -> None:
    """Evaluate all heads; `head *` gives one for each field of its record."""
    for declared in [d for d in session.values.values() if d.kind == "head"]:
        value = value_of(declared, session, declared.span)
        if declared.name != "*":
            _head(declared.name, value, declared, session)
        elif isinstance(value, Record):
            for name, field in value.fields.items():
                _star_head(name, field, declared, session)
        elif not isinstance(value, Poison):
            session.error(
                "REC501",
                declared.span,
                "`head *` needs a record",
                f"got {value}",
                help="a mixture gives one, with a field for each task",
            )
            session.lost.add("values")
        else:
            session.lost.add("values")


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
    from specc.resolve.pipelines import run_stage

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
    if isinstance(value, Poison):
        session.broken_names.add(name)
        session.unmeasured.add(name)
        return
    if isinstance(value, Prediction):
        session.heads[name] = Head(name, value.node, value.scale, declared.span)
        return
    dim = width(value)
    if isinstance(value, Vector) and dim is not None and dim.n == 1:
        session.heads[name] = Head(name, value.node, "Real", declared.span)
        return
    session.broken_names.add(name)
    place = declared.item.value.span if declared.item.value else declared.span
    session.error(
        "REC502",
        place,
        f"the head `{name}` must be one number a row",
        f"this is {value}",
        help="end it with `logit` for a chance, or `dense(1)` for a quantity",
    )


# Losses


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
        if not names and "values" not in session.lost and not _broken_head(session):
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
    return any(d.kind == "head" and (d.name in session.broken_names or d.name == "*") for d in session.values.values())


def starred(session: Session) -> list[str]:
    """The heads that `*` stands for."""
    stars = [d for d in session.values.values() if d.kind == "head" and d.name == "*"]
    if stars:
        return [name for name in session.heads if session.values[name].item is stars[0].item]
    return list(session.heads)


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
        session.error("REC504", expr.span, "a loss was expected", f"this is {describe(expr)}", help="such as `bce` or `mse`")
        return None
    word, args = called
    entry = registry.find("losses", word.text)
    if not isinstance(entry, Loss):
        if word.text not in session.broken_names:
            session.unknown("REC505", "loss", word.text, word.span, registry.names("losses"))
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
        return resolve_softmax(loss, source, bound, scope)
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
            if "values" not in session.lost:
                places = {h.name: h.span for h in session.heads.values()}
                known = list(session.heads)
                hint = f"or say what it reads: `loss {name} = source -> {loss.word.name}`"
                session.unknown("REC507", "head", name, declared.span, known, places=places.get, hint=hint)
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
    if loss.label is None or not _label_fits(loss.label, loss.word.labels, loss.word.name, bound.at("label"), session):
        return None
    return loss


def default_label(name: str, span: Span, session: Session, what: str) -> Row | None:
    """The label of a name, or None after a diagnostic."""
    column = session.labels.get(name)
    if column is None:
        if "schema" not in session.lost:
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


def _label_fits(label: Row, wanted: tuple[str, ...], word: str, span: Span, session: Session) -> bool:
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


# Metrics


def resolve_metrics(session: Session, losses: dict[str, ResolvedLoss]) -> dict[str, ResolvedMetric]:
    """All metrics by their address: `click.auc`, and `click.auc(by=user_id)` where one word is there more than once."""
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
            "REC511", entry.span, "a metric was expected", f"this is {describe(entry)}", help="such as `auc` or `recall@10`"
        )
        return None
    word = registry.find("metrics", expr.text)
    if not isinstance(word, Metric):
        session.unknown("REC512", "metric", expr.text, expr.span, registry.names("metrics"))
        return None
    bound = bind(word, args, expr.span, Scope(session, name, name))
    loss, head = losses.get(name), session.heads.get(name)
    if (
        name in session.broken_names
        or "values" in session.lost
        or (loss is None and (name in session.losses or name in session.failed_losses))
    ):
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
    if word.ranking != retrieval:
        of = f"`{name}` is a retrieval loss" if retrieval else f"`{name}` is a head"
        known = [m for m in registry.names("metrics") if getattr(registry.find("metrics", m), "ranking", False) == retrieval]
        session.error(
            "REC514",
            expr.span,
            f"`{word.name}` does not measure this",
            of,
            help="there is " + ", ".join(f"`{m}{'@10' if retrieval else ''}`" for m in known),
        )
        return None
    if word.ranking and (k is None or not 1 <= k.value <= 10_000 or isinstance(k.value, float)):
        at = k.span if k is not None else expr.span
        session.error(
            "REC515", at, f"`{word.name}` needs a cut-off from 1 to 10_000", "such as `@10`", help=f"write `{word.name}@10`"
        )
        return None
    if not word.ranking and k is not None:
        session.error("REC515", k.span, f"`{word.name}` has no cut-off", "take it away")
        return None
    address = f"{name}.{word.name}" + (f"@{k.value}" if k is not None else "")
    metric = ResolvedMetric(address, name, word, bound, int(k.value) if k is not None else None, entry.span)
    if word.ranking:
        return metric
    return _pointwise_metric(metric, head, loss, declared, bound, session)


def _pointwise_metric(
    metric: ResolvedMetric, head: Head | None, loss: ResolvedLoss | None, declared: Declared, bound: Bound, session: Session
) -> ResolvedMetric | None:
    word = metric.word
    scale = head.scale if head else loss.scale if loss else ""
    if scale not in word.predicts:
        got = {"Logit": "a logit", "Prob": "a probability", "Real": "a plain number"}[scale]
        fitting = [m for m in registry.names("metrics") if scale in getattr(registry.find("metrics", m), "predicts", ())]
        help = f"there is {listing(fitting)}"
        session.error("REC508", metric.span, f"`{word.name}` does not measure {got}", f"`{metric.of}` is one", help=help)
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
    return metric if _label_fits(metric.label, word.labels, word.name, bound.at("label"), session) else None
