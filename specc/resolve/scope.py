"""Where a name is looked up: the parameters of a block or the groups of a level first, then what the files declare."""

from __future__ import annotations

from specc.library.values import Value
from specc.resolve.session import Session
from specc.syntax.tree import Expr, Name, Paren


class Closure:
    """An expression with the scope that it is read in: what a block parameter or a block argument stands for."""

    __slots__ = ("expr", "scope")

    def __init__(self, expr: Expr, scope: Scope) -> None:
        self.expr = expr
        self.scope = scope


class Scope:
    """Local names over the session. `path` prefixes the nodes made here; `weights` is set inside a `shared` block."""

    __slots__ = ("first_input", "gate_input", "locals", "owner", "path", "session", "shared")

    def __init__(
        self,
        session: Session,
        owner: str,
        path: str,
        locals: dict[str, Value | Closure] | None = None,
        *,
        shared: SharedWeights | None = None,
        gate_input: Value | None = None,
        first_input: Value | None = None,
    ) -> None:
        self.session = session
        self.owner = owner
        self.path = path
        self.locals = locals or {}
        self.shared = shared
        self.gate_input = gate_input
        self.first_input = first_input

    def at(self, part: str) -> Scope:
        """The same names, with nodes made one level deeper."""
        shared = self.shared.at(part) if self.shared else None
        return Scope(
            self.session,
            self.owner,
            f"{self.path}.{part}",
            self.locals,
            shared=shared,
            gate_input=self.gate_input,
            first_input=self.first_input,
        )


class SharedWeights:
    """Names the weights inside a `shared` block by their place in the block, so that every use finds the same ones."""

    __slots__ = ("counts", "path")

    def __init__(self, path: str, counts: dict[str, int] | None = None) -> None:
        self.path = path
        self.counts = counts if counts is not None else {}

    def at(self, part: str) -> SharedWeights:
        """One level deeper."""
        return SharedWeights(f"{self.path}.{part}", self.counts)

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
    seen: list[str] = []
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
        if declared is None and expr.text in session.broken_names and not session.is_known(expr.text):
            return None
        if declared is None or declared.kind != "param":
            return expr, scope
        session.used.add(expr.text)
        if expr.text in session.bad_params:
            return None
        if expr.text in seen:
            session.error("REC107", declared.span, f"`{expr.text}` is defined by itself", "a circle of params")
            return None
        seen.append(expr.text)
        value = session.overrides.get(expr.text, declared.item.value)
        assert value is not None
        expr, scope = value, Scope(session, scope.owner, scope.path, shared=scope.shared)
