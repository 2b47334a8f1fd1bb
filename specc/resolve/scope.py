"""Where a name is looked up: the parameters of a block or the groups of a level first, then what the files declare."""

from __future__ import annotations

from typing import Protocol

from specc.registry.component import BoundArguments, Component
from specc.registry.topology import Expert, Level
from specc.registry.values import Feature, Value
from specc.resolve.declarations import Declared
from specc.resolve.session import Session
from specc.syntax.tree import Arg, Expr, Name, Paren
from specc.text import Span


class Closure:
    """An expression with the scope that it is read in: what a block parameter or a block argument stands for."""

    __slots__ = ("expr", "scope", "value")

    def __init__(self, expr: Expr, scope: Scope) -> None:
        self.expr = expr
        self.scope = scope
        self.value: Value | None = None  # set when it was evaluated as a value


class Evaluator(Protocol):
    """What parts of the resolver ask of those that stand above them: an argument holds a pipeline, and a pipeline calls.

    `specc.resolve.evaluating` puts it together.
    """

    def bind(self, entry: Component, args: list[Arg] | None, span: Span, scope: Scope) -> BoundArguments | None:
        """The arguments of a call, checked; None after diagnostics."""
        ...

    def evaluate(self, expr: Expr, scope: Scope) -> Value:
        """The value of an expression in value place."""
        ...

    def evaluate_declared(self, declared: Declared, scope: Scope) -> Value:
        """The value of a tower, mixture or head."""
        ...

    def run_block(self, block: Closure, value: Value, scope: Scope, span: Span) -> Value:
        """A block applied to a value where it is used."""
        ...

    def read_experts(self, expr: Expr, scope: Scope) -> list[Expert] | None:
        """A block, `n * block`, or a list of those; None after a diagnostic."""
        ...

    def run_levels(self, levels: list[Level], x: Value, scope: Scope, span: Span) -> Value:
        """A mixture of experts, level by level."""
        ...

    def embed(self, scope: Scope, span: Span, feature: Feature, set_name: str | None, combiner: str | None) -> Value:
        """A column looked up in its table of a set."""
        ...


class Scope:
    """Local names over the session. `path` prefixes the nodes made here; `weights` is set inside a `shared` block."""

    __slots__ = ("blocks", "depth", "first_input", "gate_input", "locals", "owner", "path", "session", "shared")

    def __init__(
        self,
        session: Session,
        owner: str,
        path: str,
        *,
        shared: SharedWeights | None = None,
    ) -> None:
        self.session = session
        self.owner = owner
        self.path = path
        self.locals: dict[str, Value | Closure] = {}
        self.shared = shared
        self.gate_input: Value | None = None  # what a gate reads here unless `by=` says otherwise; set inside a level
        self.first_input: Value | None = None  # the input of the whole topology; set inside a level
        self.depth = 0  # blocks around
        self.blocks: tuple[str, ...] = ()  # the names of those whose nodes are made here, from the outermost

    @property
    def evaluator(self) -> Evaluator:
        """The parts of the resolver that stand above the one that asks."""
        evaluator: Evaluator = self.session.evaluator
        return evaluator

    def with_names(self, locals: dict[str, Value | Closure]) -> Scope:
        """The same place with other local names."""
        made = Scope(self.session, self.owner, self.path, shared=self.shared)
        made.locals, made.depth, made.blocks = locals, self.depth, self.blocks
        made.gate_input, made.first_input = self.gate_input, self.first_input
        return made

    def at(self, part: str) -> Scope:
        """The same names, with nodes made one level deeper."""
        made = self.with_names(self.locals)
        made.path = f"{self.path}.{part}"
        made.shared = self.shared.at(part) if self.shared else None
        return made


class SharedWeights:
    """Names the weights inside a `shared` block by their place in the block, so that every use finds the same ones."""

    __slots__ = ("counts", "path", "used_at")

    def __init__(self, path: str, counts: dict[str, int] | None = None, used_at: Span | None = None) -> None:
        self.path = path
        self.used_at = used_at  # the use of the block that is being evaluated
        self.counts = counts if counts is not None else {}

    def at(self, part: str) -> SharedWeights:
        """One level deeper."""
        return SharedWeights(f"{self.path}.{part}", self.counts, self.used_at)

    def name(self, op: str) -> str:
        """The path of the next call of an operator."""
        wanted = f"{self.path}.{op}"
        count = self.counts.get(wanted, 0) + 1
        self.counts[wanted] = count
        return wanted if count == 1 else f"{wanted}_{count}"


def follow(expr: Expr, scope: Scope) -> tuple[Expr, Scope] | None:
    """An expression with block parameters and `param`s replaced by what they stand for; None after a diagnostic.

    Stops at anything that is not such a name. Values bound to a local name are left as the name.
    """
    while True:
        if isinstance(expr, Paren):
            expr = expr.inner
            continue
        if not isinstance(expr, Name):
            return expr, scope
        local = scope.locals.get(expr.text)
        if isinstance(local, Closure):
            expr, scope = local.expr, local.scope
            continue
        if local is not None:
            return expr, scope
        session = scope.session
        declared = session.values.get(expr.text)
        if declared is None and expr.text in session.unreliable.names and not session.is_known(expr.text):
            return None
        if declared is None or declared.kind != "param":
            return expr, scope
        session.used.add(expr.text)
        if expr.text in session.bad_params or expr.text in session.circular or not session.spend(expr.span):
            return None
        value = session.overrides.get(expr.text, declared.item.value)
        assert value is not None
        expr, scope = value, Scope(session, scope.owner, scope.path, shared=scope.shared)
