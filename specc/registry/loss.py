"""The base of losses, and the family of those that compare a prediction with a label."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

from specc.diagnostics import Note
from specc.registry.arg_types import Float, LabelName, Rows
from specc.registry.building import Config, Object
from specc.registry.columns import Column
from specc.registry.component import Arg, BoundArguments, Component
from specc.registry.reporter import Reporter
from specc.registry.rows import Row
from specc.registry.values import SCALES, ErrorValue, Tensor, Value, Vector
from specc.text import Span

ENDS = {"Logit": "`logit`", "Prob": "`logit -> sigmoid`", "Real": "`dense(1)`"}  # of a head


class Candidates:
    """What is ranked: the ids of a column, and the vector that each of them has; `entity` is the schema with a row for each."""

    __slots__ = ("column", "entity", "vector")

    def __init__(self, column: Column, vector: Vector, entity: str | None) -> None:
        self.column = column
        self.vector = vector
        self.entity = entity


class Retrieval:
    """Candidates that a query ranks, and the pool that its own candidate is told from: all of them without `negatives`.
    `biases` is what their biases are at first, a component and its arguments; None where they have none.
    """

    __slots__ = ("biases", "column", "entity", "negatives", "node", "query", "width")

    def __init__(
        self, candidates: Candidates, query: str, a: BoundArguments, biases: tuple[str, dict[str, Any]] | None
    ) -> None:
        self.column = candidates.column
        self.entity = candidates.entity
        self.node = candidates.vector.node
        self.width = candidates.vector.dim.n
        self.query = query
        self.biases = biases
        self.negatives: list[tuple[str, dict[str, Any]]] | None = (
            None if a.negatives is None else [(entry.name, args.plain()) for entry, args in a.negatives]
        )


class LossInputs:
    """What a loss reads: a prediction on its scale (of a head that is declared at `place`) and its label, or a query vector."""

    __slots__ = ("head", "label", "node", "place", "retrieval", "scale")

    def __init__(self, node: str, scale: str, head: str | None = None, place: Span | None = None) -> None:
        self.node = node
        self.scale = scale
        self.head = head
        self.place = place
        self.label: Row | None = None
        self.retrieval: Retrieval | None = None


class LossContext(Reporter, Protocol):
    """A declared loss. What its methods do not find they have reported."""

    name: str  # as it is declared
    span: Span  # where the loss's component stands
    piped: Span | None  # where the value stands that is piped into it

    def prediction(self) -> LossInputs | None:
        """The prediction that is piped in, else that of the head of the loss's name."""
        ...

    def label(self, a: BoundArguments, elements: tuple[str, ...]) -> Row | None:
        """The label that the arguments name, else the one of the loss's name, if it is one of these elements."""
        ...

    def own_name(self) -> None:
        """Refuse the name of a head or a column: what is ranked is predicted under the loss's name, beside theirs."""
        ...

    def query(self) -> Value:
        """The value that is piped in."""
        ...

    def value(self, argument: Any) -> Value:
        """The value of a `Target` argument."""
        ...

    def tensor(self, value: Value) -> Tensor | ErrorValue:
        """A value as one flat tensor."""
        ...

    def candidates(self, value: Value, span: Span) -> Candidates | None:
        """The candidates that a column, or a tower over an entity's columns, stands for."""
        ...


class Loss(Component):
    """A loss. All losses take `weight`, `label`, `where` and `row_weight`; it is `weight * sum(w * l) / sum(w)` over the
    rows where the label is there and `where` holds, w being `row_weight` (1 without), and 0 when there are none.

    `infer` is its rule, and `lower` what it becomes. Its families have them: `Pointwise`, here, and `Ranking`; a component may
    be of both.
    """

    weight = Arg(Float(0), 1.0, "of this loss in the sum of all", named=True)
    label = Arg(
        LabelName(),
        None,
        "the label, or an expression over labels and columns; the label of the loss' name by default",
        named=True,
    )
    where = Arg(Rows("bool"), None, "which rows count", named=True)
    row_weight = Arg(Rows("number"), None, "the weight of each row", named=True)

    def infer(self, a: BoundArguments, ctx: LossContext) -> LossInputs | None:
        """What the loss reads; None after a diagnostic."""
        raise NotImplementedError(self.name)

    def own(self, a: BoundArguments) -> dict[str, Any]:
        """The arguments that not all losses take, as plain data."""
        return {name: value for name, value in a.plain().items() if name not in Loss.args}

    def lower(self, a: Config, of: Any) -> Object:
        """What the loss becomes. of: the scale of the prediction, or the `Pool` of a loss over candidates."""
        raise NotImplementedError(self.name)


class Pointwise(Loss):
    """A loss of a prediction against a label. `predicts` are the scales of prediction that it takes, `labels` the elements of
    a label, `target` the loss of each row, made with the loss's own arguments.
    """

    target: ClassVar[str] = ""
    predicts: ClassVar[tuple[str, ...]] = ()
    labels: ClassVar[tuple[str, ...]] = ()

    def infer(self, a: BoundArguments, ctx: LossContext) -> LossInputs | None:
        """A prediction on a scale that it takes, and a label of a kind that it takes."""
        found = ctx.prediction()
        if found is None:
            return None
        if found.scale not in self.predicts:
            wanted = " or ".join(SCALES[scale] for scale in self.predicts)
            notes = [Note(found.place, "the head")] if found.place is not None else []
            help = f"end the head with {ENDS[self.predicts[0]]}"
            message, label = f"`{self.name}` takes {wanted}", f"`{ctx.name}` is {SCALES[found.scale]}"
            ctx.error("REC508", ctx.span, message, label, notes=notes, help=help)
            return None
        found.label = ctx.label(a, self.labels)
        return found if found.label is not None else None

    def lower(self, a: Config, of: str) -> Object:
        """A Keras loss: sum(w * l) / sum(w), and 0 where no row counts."""
        own = {name: value for name, value in a.values.items() if name not in Loss.args}
        return Object(self.target, **own, reduction="mean_with_sample_weight")
