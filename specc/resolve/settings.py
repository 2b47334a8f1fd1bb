"""The `train` block: optimizers, batch, epochs, seed, early stop."""

from __future__ import annotations

from typing import Any

from specc import registry
from specc.diagnostics import Note
from specc.registry import foreign
from specc.registry.arg_types import ArgType, Bool, Choice, ComponentOf, Int
from specc.registry.component import Arg, BoundArguments, Component
from specc.registry.implied import OPTIMIZER
from specc.registry.optimizer import Optimizer
from specc.resolve.argument_values import read
from specc.resolve.arguments import bind
from specc.resolve.expressions import BAD, call_of, describe, unquoted
from specc.resolve.kinds import EARLY_STOP, SETTING, refused
from specc.resolve.losses import ResolvedLoss
from specc.resolve.metrics import ResolvedMetric
from specc.resolve.nearest import listing
from specc.resolve.records import record_items
from specc.resolve.scope import Scope, follow
from specc.resolve.session import Session
from specc.syntax.tree import At, Body, Call, Expr, Field, Item, Name
from specc.text import Span

# The keys of a record of optimizers that are not what something is called, and what they stand for.
KEYS = {"default": "all that no other key names", "tables": "all tables"}
RATE = "learning_rate"  # what every optimizer has, and says also where it is not written
WITH_WEIGHTS = ("tower", "experts", "head", "block", "shared")


class Settings(Component):
    """What `train { ... }` says besides the optimizer and `early_stop`."""

    unsupported = dict.fromkeys(("learning_rate", "lr"), "the optimizer has it: `optimizer=adam(learning_rate=1e-3)`")
    batch = Arg(Int(1, 10_000_000), 1024, "rows of a step", named=True)
    epochs = Arg(Int(1, 1_000_000), 1, "passes over the training rows", named=True)
    seed = Arg(Int(0, 2**31 - 1), 0, "of initial weights, shuffling, dropout and samplers", named=True)
    shuffle = Arg(Bool(), True, "whether the training rows are shuffled before every epoch", named=True)
    precision = Arg(Choice("float32", "bfloat16"), "float32", "of the dense arithmetic; weights are float32", named=True)
    balance = Arg(
        ComponentOf("balancers", "a balancer"), None, "how losses make one, instead of by their weighted sum", named=True
    )


class EarlyStop(Component):
    """`early_stop(name.metric, patience=2)`: stop when the metric has not become better; the best weights are kept."""

    patience = Arg(Int(0, 1_000_000), 1, "epochs without a better value before training stops", named=True)


class Training:
    """The resolved block. Optimizers are (name, arguments): `optimizer` is that of all that no group in `optimizers` names."""

    __slots__ = ("early_stop", "groups", "optimizer", "optimizers", "options")

    def __init__(self) -> None:
        self.options: dict[str, Any] = {name: arg.default for name, arg in Settings.args.items()}
        self.optimizer: tuple[str, dict[str, Any]] = (OPTIMIZER, {RATE: Optimizer.args[RATE].default})
        self.optimizers: dict[str, tuple[str, dict[str, Any]]] = {}
        self.groups: dict[str, Span] = {}  # where the keys of a record of optimizers stand
        self.early_stop: tuple[str, int] | None = None


def resolve_training(session: Session, metrics: dict[str, ResolvedMetric], losses: dict[str, ResolvedLoss]) -> Training:
    """Read all keys of `train`."""
    training = Training()
    scope = Scope(session, "", "")
    for key, declared in session.merged["train"].items():
        item = declared.item
        if item.broken:
            continue
        if key == "early_stop":
            _early_stop(item, training, metrics, scope)
        elif key == "optimizer":
            if not refused(item, SETTING, key, session):
                assert item.value is not None
                _optimizers(item.value, training, scope)
        elif key in Settings.args:
            if refused(item, SETTING, key, session):
                continue
            assert item.value is not None
            arg_type: ArgType = Settings.args[key].type
            value = read(arg_type, item.value, scope, key)
            if value is not BAD:
                training.options[key] = value
                if key == "balance":
                    _balanced(item, losses, session)
        else:
            message = f"`train` has no setting `{key}`"
            known = [*Settings.args, "optimizer", "early_stop"]
            help = Settings.unsupported.get(key) or foreign.argument(key, known)
            session.unknown("REC301", "setting", key, declared.span, known, message=message, help=help)
    return training


def _balanced(item: Item, losses: dict[str, ResolvedLoss], session: Session) -> None:
    """Report a balancer of less than two losses."""
    if len(losses) < 2 and len(losses) == len(session.losses) and "values" not in session.unreliable.kinds:
        label = f"there is only `{next(iter(losses))}`" if losses else "there is none"
        session.error("REC609", item.span, "a balancer weighs several losses", label, help="take it away, or declare losses")


def _early_stop(item: Item, training: Training, metrics: dict[str, ResolvedMetric], scope: Scope) -> None:
    session = scope.session
    args = list(item.args or [])
    if refused(item, EARLY_STOP, "early_stop", session):
        return
    if not args or args[0].name is not None:
        place, help = item.head[0].span, f"write `{EARLY_STOP.written}`"
        session.error("REC601", place, "`early_stop` watches a metric", "none is named first", help=help)
        return
    target = args.pop(0).value
    bound = bind(EarlyStop(), args, item.head[0].span, scope, called="early_stop")
    address = target.span.text.replace(" ", "") if isinstance(target, (Field, At, Name, Call)) else None
    if address is None:
        session.error(
            "REC601",
            target.span,
            "`early_stop` watches a metric",
            f"this is {describe(target)}",
            help=f"there is {listing(metrics)}" if metrics else "declare one first: `metrics { income: auc }`",
        )
        return
    if address not in metrics:
        if address.split(".")[0] not in session.unmeasured and session.unreliable.kinds.isdisjoint(("metrics", "values")):
            session.unknown("REC602", "metric", address, target.span, metrics, places=lambda name: metrics[name].span)
        return
    if bound is not None:
        training.early_stop = (address, bound.patience)


def _optimizers(expr: Expr, training: Training, scope: Scope) -> None:
    session = scope.session
    found = follow(expr, scope)
    if found is None:
        return
    expr, scope = found
    if not isinstance(expr, Body):
        made = _optimizer(expr, scope)
        if made is not None:
            training.optimizer = made
        return
    places = {item.head[0].span.text: item.head[0].span for item in expr.items if item.head}
    for key in KEYS:
        if key in places:
            _ambiguous(key, places[key], session)
    for key, value in record_items(expr, scope):
        made = _optimizer(value, scope)
        if made is None:
            continue
        if key == "default":
            training.optimizer = made
        elif _is_group(key, places[key], session):
            training.optimizers[key] = made
            training.groups[key] = places[key]
    if "default" not in places:
        session.error(
            "REC603",
            expr.span,
            "a record of optimizers needs `default`",
            "for all that no other key names",
            help="write `{default: adam(1e-3), tables: adagrad(0.05)}`",
        )


def _ambiguous(key: str, span: Span, session: Session) -> None:
    """Report a key that has a meaning of its own, and is also what something with weights is called."""
    made, declared = session.sets.get(key), session.values.get(key)
    other = made.declared if made is not None and made.declared is not None else declared
    if other is None or (other is declared and other.kind not in WITH_WEIGHTS):
        return
    what = {"experts": "mixture", "shared": "shared block", "embeddings": "set"}.get(other.kind, other.kind)
    session.error(
        "REC608",
        span,
        f"`{key}` is {KEYS[key]}, and the name of a {what}",
        "it must mean one of them",
        notes=[Note(other.span, f"the {what} `{key}`")],
        help=f"give the {what} another name",
    )


def _is_group(key: str, span: Span, session: Session) -> bool:
    """Whether a key of the record names weights: all tables, a set of them, a tower, a block."""
    if key == "tables":
        return True
    if key in session.sets and key:
        session.used_sets.add(key)
        return True
    declared = session.values.get(key)
    if declared is not None and declared.kind in WITH_WEIGHTS:
        return True
    if key in session.unreliable.names:
        return False
    if declared is not None:
        notes = [Note(declared.span, "declared here")]
        session.error("REC604", span, f"`{key}` is a {declared.kind}, and an optimizer is for weights", notes=notes)
        return False
    known = ["default", "tables", *(n for n in session.sets if n), *(n for n in session.values if "*" not in n)]

    def fits(name: str) -> bool:
        return name not in session.values or session.values[name].kind in WITH_WEIGHTS

    session.unknown("REC604", "group of weights", key, span, known, fits=fits, places=session.place)
    return False


def _optimizer(expr: Expr, scope: Scope) -> tuple[str, dict[str, Any]] | None:
    session = scope.session
    found = follow(expr, scope)
    if found is None:
        return None
    expr, scope = found
    called = call_of(expr)
    if called is None:
        session.error(
            "REC605",
            expr.span,
            "an optimizer was expected",
            f"this is {describe(expr)}",
            help=unquoted(expr) or "such as `adam(1e-3)`",
        )
        return None
    name, args = called
    entry = registry.find("optimizers", name.text)
    if not isinstance(entry, Optimizer):
        session.unknown("REC606", "optimizer", name.text, name.span, registry.names("optimizers"), kind="optimizers")
        return None
    bound: BoundArguments | None = bind(entry, args, name.span, scope)
    if bound is None or entry.refuses(bound, session):
        return None
    given = {key: getattr(bound, key) for key in entry.args if bound.given(key) or key == RATE}
    return entry.name, given
