"""What the rules of losses ask (`specc.registry.loss`)."""

from __future__ import annotations

from specc.diagnostics import Note
from specc.registry.component import BoundArguments
from specc.registry.loss import Candidates, Loss, LossInputs
from specc.registry.reporter import Context
from specc.registry.rows import Row
from specc.registry.values import ErrorValue, Tensor, Value
from specc.resolve.candidates import find_candidates
from specc.resolve.heads import scored
from specc.resolve.labels import default_label, label_fits
from specc.resolve.op_context import OpContext
from specc.resolve.pipelines import evaluate
from specc.resolve.scope import Closure, Scope
from specc.syntax.tree import Expr, Name
from specc.text import Span


class LossContext(Context):
    """A loss that is declared at `declared`, with its component at `span` and what is piped into it."""

    def __init__(self, scope: Scope, name: str, component: Loss, span: Span, declared: Span, source: Expr | None) -> None:
        super().__init__(scope.session)
        self.scope = scope
        self.session = scope.session
        self.name = name
        self.component = component
        self.span = span
        self.declared = declared
        self.source = source
        self.piped = source.span if source is not None else None

    def prediction(self) -> LossInputs | None:
        """The prediction that is piped in, else that of the head of the loss's name."""
        return self._of_head() if self.source is None else self._of_source(self.source)

    def _of_source(self, source: Expr) -> LossInputs | None:
        value = evaluate(source, self.scope)
        if isinstance(value, ErrorValue):
            return None
        found = scored(value)
        if found is None:
            self.error("REC502", source.span, f"`{self.component.name}` needs one number a row", f"this is {value}")
            return None
        head = self.session.heads.get(source.text) if isinstance(source, Name) else None
        return LossInputs(*found) if head is None else LossInputs(*found, head.name, head.span)

    def _of_head(self) -> LossInputs | None:
        session, name = self.session, self.name
        head = session.heads.get(name)
        if head is not None:
            return LossInputs(head.node, head.scale, name, head.span)
        if "values" not in session.unreliable.kinds:
            places = {h.name: h.span for h in session.heads.values()}
            hint = f"or say what it reads: `loss {name} = source -> {self.component.name}`"
            untaught = lambda head: head not in session.losses  # noqa: E731
            known = list(session.heads)
            session.unknown("REC507", "head", name, self.declared, known, fits=untaught, places=places.get, hint=hint)
        return None

    def label(self, a: BoundArguments, elements: tuple[str, ...]) -> Row | None:
        """The label that the arguments name, else the one of the loss's name, if it is one of these elements."""
        row: Row | None = a.label or default_label(self.name, self.declared, self.session, f"loss `{self.name}`")
        fits = row is not None and label_fits(row, elements, self.component.name, a.at("label"), self.session)
        return row if fits else None

    def own_name(self) -> None:
        """Refuse the name of a head or a column."""
        head, column = self.session.heads.get(self.name), self.session.columns.get(self.name)
        other = head or column
        if other is not None:
            what = "head" if head is not None else "column"
            self.error(
                "REC106",
                self.declared,
                f"`{self.name}` is a {what}, and what `{self.component.name}` ranks is predicted under the same name",
                "declared again",
                notes=[Note(other.span, f"the {what}")],
                help="give the loss another name",
            )

    def query(self) -> Value:
        """The value that is piped in."""
        assert self.source is not None
        return evaluate(self.source, self.scope)

    def value(self, argument: Closure) -> Value:
        """The value of a `Target` argument."""
        return evaluate(argument.expr, argument.scope)

    def tensor(self, value: Value) -> Tensor | ErrorValue:
        """A value as one flat tensor."""
        return OpContext(self.scope, self.component.name, self.span).tensor(value, flat=True)

    def candidates(self, value: Value, span: Span) -> Candidates | None:
        """The candidates that a column, or a tower over an entity's columns, stands for."""
        return find_candidates(value, span, Scope(self.session, self.name, f"{self.name}.candidates"))
